"""Node (v1)."""

from onggi.api.kind import Kind

NODE = Kind(
    group="",
    version="v1",
    name="Node",
    plural="nodes",
    schema="io.k8s.api.core.v1.Node",
    namespaced=False,
    short=("no",),
)
