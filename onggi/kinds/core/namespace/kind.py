"""Namespace (v1)."""

from onggi.api.kind import Kind

NAMESPACE = Kind(
    group="",
    version="v1",
    name="Namespace",
    plural="namespaces",
    schema="io.k8s.api.core.v1.Namespace",
    namespaced=False,
    short=("ns",),
)
