"""IngressClass (networking.k8s.io/v1)."""

from onggi.api.kind import Kind

INGRESSCLASS = Kind(
    group="networking.k8s.io",
    version="v1",
    name="IngressClass",
    plural="ingressclasses",
    schema="io.k8s.api.networking.v1.IngressClass",
    namespaced=False,
    status=False,
)
