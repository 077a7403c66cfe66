"""RuntimeClass: a pod pays what its class costs, and goes where its class is.

Source: ``plugin/pkg/admission/runtimeclass/admission.go``, ``pkg/util/tolerations``.
"""

from collections.abc import Sequence

from onggi.api.gotext import quote
from onggi.api.objects import Object, View, clone_value, get
from onggi.apiserver.admission import CREATE, Lookup, Review, forbidden
from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.resources import amounts
from onggi.kinds.node.runtimeclass import RUNTIMECLASS

DIFFERS = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"
UNDEFINED = "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"


def set_runtime_class(review: Review, lookup: Lookup) -> None:
    found = class_of(review, lookup)
    if found is None:
        return
    assert review.obj is not None
    spec, overhead = review.obj["spec"], found.get("overhead")
    if overhead is not None:
        if spec.get("overhead") is not None and not same(spec, overhead):
            raise forbidden(review, DIFFERS)
        spec["overhead"] = clone_value(overhead.get("podFixed") or {})
    if (scheduling := found.get("scheduling")) is not None:
        schedule(review, spec, scheduling)


def check_runtime_class(review: Review, lookup: Lookup) -> None:
    """Validating: nobody has changed the overhead since."""
    if not concerns(review):
        return
    assert review.obj is not None
    spec, found = review.obj["spec"], class_of(review, lookup)
    if found is not None and found.get("overhead") is not None:
        if not same(spec, found["overhead"]):
            raise forbidden(review, DIFFERS)
    elif spec.get("overhead"):
        raise forbidden(review, UNDEFINED)


def concerns(review: Review) -> bool:
    return review.call.kind is POD and review.operation == CREATE and not review.subresource


def class_of(review: Review, lookup: Lookup) -> View | None:
    name = get(review.obj or {}, "spec.runtimeClassName") if concerns(review) else None
    if name is None:
        return None
    found = lookup.get(RUNTIMECLASS, "", name)
    if found is None:
        raise forbidden(review, f"pod rejected: RuntimeClass {quote(name)} not found")
    return found


def same(spec: View, overhead: View) -> bool:
    return amounts(spec.get("overhead")) == amounts(overhead.get("podFixed"))


def schedule(review: Review, spec: Object, scheduling: View) -> None:
    wanted, given = scheduling.get("nodeSelector") or {}, spec.get("nodeSelector") or {}
    for key, value in wanted.items():
        if given.get(key, value) != value:
            raise forbidden(
                review,
                f"conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value}; "
                f"pod.spec.nodeSelector[{key}] = {given[key]}",
            )
    if wanted:
        spec["nodeSelector"] = {**given, **wanted}
    tolerations = merged([*(spec.get("tolerations") or ()), *(scheduling.get("tolerations") or ())])
    if tolerations:
        spec["tolerations"] = tolerations


def merged(tolerations: Sequence[View]) -> list[Object]:
    """Without those that another one covers; of equal ones the first stays."""
    kept: list[Object] = []
    for index, each in enumerate(tolerations):
        later = (t for t in tolerations[index + 1 :] if t != each)
        if not any(covers(t, each) for t in kept) and not any(covers(t, each) for t in later):
            kept.append(clone_value(each))
    return kept


def covers(wide: View, narrow: View) -> bool:
    if wide == narrow:
        return True
    operator, effect = wide.get("operator") or "", wide.get("effect") or ""
    every_key = not wide.get("key") and operator == "Exists"
    if (wide.get("key") or "") != (narrow.get("key") or "") and not every_key:
        return False
    if effect and effect != (narrow.get("effect") or ""):
        return False
    if effect == "NoExecute" and not outlasts(wide, narrow):
        return False
    if operator == "Exists":
        return True
    alike = (wide.get("value") or "") == (narrow.get("value") or "")
    return operator in ("", "Equal") and narrow.get("operator") == "Equal" and alike


def outlasts(wide: View, narrow: View) -> bool:
    most, asked = wide.get("tolerationSeconds"), narrow.get("tolerationSeconds")
    return most is None or (asked is not None and asked <= most)
