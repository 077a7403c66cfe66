"""Service (v1): a stable address for a changing set of pods."""

from onggi.api.kind import Kind
from onggi.kinds.core.service.columns import COLUMNS
from onggi.kinds.core.service.prepare import default, prepare

SERVICE = Kind(
    group="",
    version="v1",
    name="Service",
    plural="services",
    schema="io.k8s.api.core.v1.Service",
    short=("svc",),
    categories=("all",),
    name_rule="label1035",
    derived=(default,),
    prepare=prepare,
    columns=COLUMNS,
    selectable={"spec.clusterIP": "spec.clusterIP", "spec.type": "spec.type"},
)
