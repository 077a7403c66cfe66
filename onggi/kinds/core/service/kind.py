"""Service (v1)."""

from onggi.api.kind import Kind

SERVICE = Kind(
    group="",
    version="v1",
    name="Service",
    plural="services",
    schema="io.k8s.api.core.v1.Service",
    short=("svc",),
    categories=("all",),
)
