"""ReplicaSet (apps/v1)."""

from onggi.api.kind import Kind

REPLICASET = Kind(
    group="apps",
    version="v1",
    name="ReplicaSet",
    plural="replicasets",
    schema="io.k8s.api.apps.v1.ReplicaSet",
    short=("rs",),
    categories=("all",),
)
