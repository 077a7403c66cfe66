"""LimitRanger: what a namespace's LimitRanges add to new pods, and what they forbid.

Source: ``plugin/pkg/admission/limitranger/admission.go``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from onggi.api.objects import Object, View, clone_value, get, is_going
from onggi.api.quantity import NANO, Quantity
from onggi.apiserver.admission import CREATE, UPDATE, Lookup, Review, forbidden
from onggi.kinds.core.limitrange import LIMITRANGE
from onggi.kinds.core.persistentvolumeclaim import PERSISTENTVOLUMECLAIM
from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.resources import (
    ZERO,
    Resources,
    aggregate,
    amounts,
    container_limits,
    container_requests,
    pod_level,
)

ANNOTATION = "kubernetes.io/limit-ranger"
LARGEST_MILLI = (2**63 - 1) // 1000


def set_limits(review: Review, lookup: Lookup) -> None:
    """Mutating: a container that says nothing gets the default request and limit."""
    if review.call.kind is not POD or review.operation != CREATE or review.subresource:
        return
    assert review.obj is not None
    for limits in ranges(review, lookup):
        complete(review.obj, defaults(limits))


def check_limits(review: Review, lookup: Lookup) -> None:
    """Validating: nothing asks for less or more than it may."""
    kind, sub = review.call.kind, review.subresource
    if review.obj is None or kind not in (POD, PERSISTENTVOLUMECLAIM):
        return
    changes = sub == "resize" if kind is POD else not sub
    if not (changes if review.operation == UPDATE else review.operation == CREATE and not sub):
        return
    if is_going(review.old or {}):
        return
    wrong = wrong_with_pod if kind is POD else wrong_with_claim
    for limits in ranges(review, lookup):
        if problems := list(dict.fromkeys(wrong(review.obj, items(limits)))):
            text = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
            raise forbidden(review, text)


def ranges(review: Review, lookup: Lookup) -> Sequence[View]:
    return lookup.list(LIMITRANGE, review.call.namespace)


def items(limits: View) -> Sequence[View]:
    found: Sequence[View] = get(limits, "spec.limits") or ()
    return found


def defaults(limits: View) -> Object:
    found: Object = {"limits": {}, "requests": {}}
    for item in items(limits):
        if item.get("type") == "Container":
            found["requests"] |= item.get("defaultRequest") or {}
            found["limits"] |= item.get("default") or {}
    return found


def complete(pod: Object, defaults: Object) -> None:
    """The annotation says what was added."""
    said: list[str] = []
    spec = pod["spec"]
    for what, field in (("container", "containers"), ("init container", "initContainers")):
        for container in spec.get(field) or ():
            said += complete_container(container, defaults, what)
    if said:
        if pod["metadata"].get("annotations") is None:
            pod["metadata"]["annotations"] = {}
        pod["metadata"]["annotations"][ANNOTATION] = f"LimitRanger plugin set: {'; '.join(said)}"


def complete_container(container: Object, defaults: Object, what: str) -> Iterator[str]:
    resources = container.get("resources") or {}
    for side, word in (("requests", "request"), ("limits", "limit")):
        given = resources.get(side) or {}
        added = {n: v for n, v in defaults[side].items() if n not in given}
        if added:
            resources = {**resources, side: {**given, **clone_value(added)}}
            container["resources"] = resources
            yield f"{', '.join(sorted(added))} {word} for {what} {container.get('name', '')}"


def wrong_with_pod(pod: View, items: Sequence[View]) -> Iterator[str]:
    spec = pod.get("spec") or {}
    for item in items:
        if item.get("type") == "Container":
            for field in ("containers", "initContainers"):
                for container in spec.get(field) or ():
                    asked, limits = container_requests(container), container_limits(container)
                    yield from wrong_with(item, asked, limits)
        elif item.get("type") == "Pod":
            asked = aggregate(pod, container_requests) | pod_level(pod, "requests")
            limits = aggregate(pod, container_limits) | pod_level(pod, "limits")
            yield from wrong_with(item, asked, limits)


def wrong_with_claim(claim: View, items: Sequence[View]) -> Iterator[str]:
    """Only requests count: a claim has no limits."""
    asked = amounts(get(claim, "spec.resources.requests"))
    for item in items:
        if item.get("type") != "PersistentVolumeClaim":
            continue
        for name, bound in bounds(item, "min"):
            yield from below((name, "PersistentVolumeClaim", bound), asked, {})
        for name, bound in bounds(item, "max"):
            text = f"maximum {name} usage per PersistentVolumeClaim is {bound}"
            if name not in asked:
                yield f"{text}.  No request is specified"
            elif less(bound, asked[name]):
                yield f"{text}, but request is {asked[name]}"


Bound = tuple[str, str, Quantity]  # of what, per what, how much


def wrong_with(item: View, asked: Resources, limits: Resources) -> Iterator[str]:
    checks: Mapping[str, Callable[[Bound, Resources, Resources], Iterator[str]]] = {
        "min": below,
        "max": above,
        "maxLimitRequestRatio": beyond_ratio,
    }
    for side, check in checks.items():
        for name, bound in bounds(item, side):
            yield from check((name, item["type"], bound), asked, limits)


def bounds(item: View, side: str) -> list[tuple[str, Quantity]]:
    table: Mapping[str, Any] = item.get(side) or {}
    return sorted(amounts(table).items())


def below(bound: Bound, asked: Resources, limits: Resources) -> Iterator[str]:
    name, type, least = bound
    text = f"minimum {name} usage per {type} is {least}"
    if name not in asked:
        yield f"{text}.  No request is specified"
    elif less(asked[name], least):
        yield f"{text}, but request is {asked[name]}"
    elif name in limits and less(limits[name], least):
        yield f"{text}, but limit is {limits[name]}"


def above(bound: Bound, asked: Resources, limits: Resources) -> Iterator[str]:
    name, type, most = bound
    text = f"maximum {name} usage per {type} is {most}"
    if name not in limits:
        yield f"{text}.  No limit is specified"
    elif less(most, limits[name]):
        yield f"{text}, but limit is {limits[name]}"
    elif name in asked and less(most, asked[name]):
        yield f"{text}, but request is {asked[name]}"


def beyond_ratio(bound: Bound, asked: Resources, limits: Resources) -> Iterator[str]:
    name, type, most = bound
    text = f"{name} max limit to request ratio per {type} is {most}"
    request, limit = (precise(table.get(name, ZERO)) for table in (asked, limits))
    if not request:
        yield f"{text}, but no request is specified or request is 0"
    elif not limit:
        yield f"{text}, but no limit is specified or limit is 0"
    elif limit * NANO > most.nano * request:
        yield f"{text}, but provided ratio is {limit / request:f}"


def less(a: Quantity, b: Quantity) -> bool:
    return precise(a) < precise(b)


def precise(amount: Quantity) -> int:
    """In thousandths, as upstream compares; of what is too large for them, whole ones."""
    value = amount.value()
    return amount.milli() if value <= LARGEST_MILLI else value * 1000
