"""RuntimeClass (node.k8s.io/v1): by which runtime a pod runs, what that costs, and where it is.

Source: ``pkg/apis/node/validation/validation.go``.
"""

from collections.abc import Iterator, Sequence

from onggi.api import names
from onggi.api.field_error import FieldError, duplicate, immutable, required
from onggi.api.kind import Column, Kind
from onggi.api.meta import check_labels
from onggi.api.objects import Object, View, get
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.checks import named
from onggi.kinds.core.pod.rules.placement import check_tolerations
from onggi.kinds.core.pod.rules.resources import check_requirements
from onggi.kinds.fill import normalize_amounts

SAME = ("key", "operator", "value", "effect")


def default(runtime_class: Object) -> None:
    normalize_amounts(get(runtime_class, "overhead.podFixed"))


def check(new: View, old: View | None) -> Iterator[FieldError]:
    handler = new.get("handler") or ""
    if old is not None:
        if handler != old.get("handler"):
            yield immutable("handler", handler)
        return
    if handler:
        yield from named("handler", handler, names.dns_label)
    else:
        yield required("handler")
    if (overhead := new.get("overhead")) is not None:
        limits = {"limits": overhead.get("podFixed") or {}}
        yield from check_requirements(limits, set(), "overhead")
    if (scheduling := new.get("scheduling")) is not None:
        yield from check_labels(scheduling.get("nodeSelector") or {}, "scheduling.nodeSelector")
        tolerations = scheduling.get("tolerations") or ()
        yield from check_tolerations(tolerations, "scheduling.tolerations.tolerations")
        yield from check_twice(tolerations, "scheduling.tolerations")


def check_twice(tolerations: Sequence[View], path: str) -> Iterator[FieldError]:
    seen = set()
    for index, toleration in enumerate(tolerations):
        key = tuple(toleration.get(name) or "" for name in SAME)
        if key in seen:
            yield duplicate(f"{path}[{index}]", dict(toleration))
        seen.add(key)


RUNTIMECLASS = Kind(
    group="node.k8s.io",
    version="v1",
    name="RuntimeClass",
    plural="runtimeclasses",
    schema="io.k8s.api.node.v1.RuntimeClass",
    namespaced=False,
    status=False,
    derived=(default,),
    rules=(check,),
    columns=(
        NAME,
        Column("Handler", "handler", description="@io.k8s.api.node.v1.RuntimeClass.handler"),
        AGE,
    ),
)
