"""Endpoints (v1)."""

from onggi.api.kind import Kind

ENDPOINTS = Kind(
    group="",
    version="v1",
    name="Endpoints",
    plural="endpoints",
    schema="io.k8s.api.core.v1.Endpoints",
    short=("ep",),
    status=False,
)
