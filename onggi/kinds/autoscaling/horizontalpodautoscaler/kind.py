"""HorizontalPodAutoscaler (autoscaling/v2, and v1 over the same stored objects).

defaults.py rules.py columns.py     of the v2 face, which is stored
faces.py metrics.py                 v1 ↔ v2: what v1 has no field for is in annotations
"""

from collections.abc import Iterator

from onggi.api.field_error import FieldError
from onggi.api.kind import Default, Ignored, Kind, Stored
from onggi.api.objects import View
from onggi.kinds.autoscaling.horizontalpodautoscaler.columns import columns
from onggi.kinds.autoscaling.horizontalpodautoscaler.defaults import default
from onggi.kinds.autoscaling.horizontalpodautoscaler.faces import to_v1, to_v2
from onggi.kinds.autoscaling.horizontalpodautoscaler.rules import check, check_status
from onggi.kinds.fill import first_status

IDLE = "not supported by Onggi yet; nothing is scaled"
RESOURCE = "horizontalpodautoscalers"


def check_v1(new: View, old: View | None) -> Iterator[FieldError]:
    """Upstream validates what v1 means, in v2's paths."""
    yield from check(to_v2(new), to_v2(old) if old else None)


def check_status_v1(new: View, old: View | None) -> Iterator[FieldError]:
    yield from check_status(to_v2(new), None)


HORIZONTALPODAUTOSCALER = Kind(
    group="autoscaling",
    version="v2",
    name="HorizontalPodAutoscaler",
    plural=RESOURCE,
    schema="io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler",
    short=("hpa",),
    categories=("all",),
    derived=(default,),
    prepare=first_status({"desiredReplicas": 0}),
    rules=(check,),
    status_rules=(check_status,),
    columns=columns(lambda hpa: hpa, "v2"),
    ignored=(Ignored("spec.scaleTargetRef", IDLE),),
)

HORIZONTALPODAUTOSCALER_V1 = Kind(
    group="autoscaling",
    version="v1",
    name="HorizontalPodAutoscaler",
    plural=RESOURCE,
    schema="io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler",
    short=("hpa",),
    categories=("all",),
    defaults=(Default("spec.minReplicas", 1),),
    prepare=first_status({"currentReplicas": 0, "desiredReplicas": 0}),
    rules=(check_v1,),
    status_rules=(check_status_v1,),
    columns=columns(to_v2, "v1"),
    ignored=(Ignored("spec.scaleTargetRef", IDLE),),
    stored=Stored(f"{RESOURCE}.autoscaling", to_v2, to_v1),
)
