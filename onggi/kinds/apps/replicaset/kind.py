"""ReplicaSet (apps/v1)."""

from onggi.api.kind import Column, Default, Kind, Scale, within
from onggi.api.objects import get
from onggi.kinds.cells import AGE, NAME, containers_of, label_selector
from onggi.kinds.core.pod.template import default_template

SPEC, STATUS = "@io.k8s.api.apps.v1.ReplicaSetSpec", "@io.k8s.api.apps.v1.ReplicaSetStatus"

REPLICASET = Kind(
    group="apps",
    version="v1",
    name="ReplicaSet",
    plural="replicasets",
    schema="io.k8s.api.apps.v1.ReplicaSet",
    short=("rs",),
    categories=("all",),
    scale=Scale(),
    defaults=(Default("spec.replicas", 1),),
    derived=(within("spec.template", default_template),),
    columns=(
        NAME,
        Column("Desired", lambda rs, now: get(rs, "spec.replicas", 0), "integer",
               description=f"{SPEC}.replicas"),
        Column("Current", lambda rs, now: get(rs, "status.replicas", 0), "integer",
               description=f"{STATUS}.replicas"),
        Column("Ready", lambda rs, now: get(rs, "status.readyReplicas", 0), "integer",
               description=f"{STATUS}.readyReplicas"),
        AGE,
        *containers_of("spec.template"),
        Column("Selector", lambda rs, now: label_selector(get(rs, "spec.selector")), wide=True,
               description=f"{SPEC}.selector"),
    ),
    selectable={"status.replicas": "status.replicas"},
)  # fmt: skip
