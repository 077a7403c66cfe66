"""From Kubernetes objects to Envoy resources, as plain dicts in protobuf's JSON form. Pure."""
