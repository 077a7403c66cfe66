"""CustomResourceDefinition: a kind that brings kinds."""
