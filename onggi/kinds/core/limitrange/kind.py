"""LimitRange (v1): what a pod, a container or a claim may ask for at least and at most.

Sources: ``pkg/apis/core/v1/defaults.go`` (SetDefaults_LimitRangeItem),
``pkg/registry/core/limitrange/strategy.go``.
"""

from onggi.api.kind import Kind
from onggi.api.objects import Object, get
from onggi.kinds.cells import CREATED_AT, NAME
from onggi.kinds.core.limitrange.rules import check
from onggi.kinds.fill import items, normalize_amounts

AMOUNTS = ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")
FOR_CONTAINERS = (("default", "max"), ("defaultRequest", "default"), ("defaultRequest", "min"))


def default(limits: Object) -> None:
    """A container's default limit is its maximum, its default request that limit."""
    for item in items(get(limits, "spec") or {}, "limits"):
        for name in AMOUNTS:
            normalize_amounts(item.get(name))
        if item.get("type") == "Container":
            for target, source in FOR_CONTAINERS:
                complete(item, target, source)


def complete(item: Object, target: str, source: str) -> None:
    """What ``target`` does not say is as in ``source``."""
    given = {**(item.get(source) or {}), **(item.get(target) or {})}
    if given:
        item[target] = given


LIMITRANGE = Kind(
    group="",
    version="v1",
    name="LimitRange",
    plural="limitranges",
    schema="io.k8s.api.core.v1.LimitRange",
    short=("limits",),
    status=False,
    derived=(default,),
    rules=(check,),
    columns=(NAME, CREATED_AT),
)
