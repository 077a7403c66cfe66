"""Ingress (networking.k8s.io/v1)."""

from onggi.api.kind import Kind

INGRESS = Kind(
    group="networking.k8s.io",
    version="v1",
    name="Ingress",
    plural="ingresses",
    schema="io.k8s.api.networking.v1.Ingress",
    short=("ing",),
)
