"""L7 traffic: ``translate`` makes Envoy's configuration of objects (pure), ``ingress`` runs it."""
