"""Pod (v1)."""

from onggi.api.kind import Kind

POD = Kind(
    group="",
    version="v1",
    name="Pod",
    plural="pods",
    schema="io.k8s.api.core.v1.Pod",
    short=("po",),
    categories=("all",),
)
