"""Onggi: a container platform for middleware, with a Kubernetes-compatible API."""

__version__ = "0.1.0"
