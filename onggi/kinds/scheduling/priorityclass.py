"""PriorityClass (scheduling.k8s.io/v1)."""

from onggi.api.kind import Kind

PRIORITYCLASS = Kind(
    group="scheduling.k8s.io",
    version="v1",
    name="PriorityClass",
    plural="priorityclasses",
    schema="io.k8s.api.scheduling.v1.PriorityClass",
    namespaced=False,
    short=("pc",),
    status=False,
)
