"""Gives pods their nodes: ``choose`` decides (pure), ``loop`` performs."""
