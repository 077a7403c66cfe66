"""Priority: a pod's priority is its class's, or the default class's, or none.

Source: ``plugin/pkg/admission/priority/admission.go``.
"""

from typing import NamedTuple

from onggi.api.objects import Object, View
from onggi.apiserver.admission import CREATE, DELETE, Lookup, Review, forbidden
from onggi.kinds.scheduling.priorityclass import PRIORITYCLASS

PREEMPTS = "PreemptLowerPriority"
GIVEN = "must not be provided in pod spec; priority admission controller computed"


class Priority(NamedTuple):
    name: str
    value: int
    policy: str


NO_CLASS = Priority("", 0, PREEMPTS)


def resolve_priority(review: Review, lookup: Lookup) -> None:
    if review.resource != "pods" or review.subresource or review.obj is None:
        return
    spec = review.obj["spec"]
    if review.operation != CREATE:
        keep(spec, (review.old or {}).get("spec") or {})
        return
    name = spec.get("priorityClassName")
    found = named(review, lookup, name) if name else default(lookup)
    refuse_other(review, spec, found)
    spec["priority"], spec["preemptionPolicy"] = found.value, found.policy
    if found.name:
        spec["priorityClassName"] = found.name


def keep(spec: Object, before: View) -> None:
    for field in ("priority", "preemptionPolicy"):
        if spec.get(field) is None and before.get(field) is not None:
            spec[field] = before[field]


def named(review: Review, lookup: Lookup, name: str) -> Priority:
    found = lookup.get(PRIORITYCLASS, "", name)
    if found is None:
        raise forbidden(review, f"no PriorityClass with name {name} was found")
    return of(found)


def default(lookup: Lookup) -> Priority:
    """Of several defaults, which only a race can make, the lowest."""
    marked = [of(c) for c in lookup.list(PRIORITYCLASS) if c.get("globalDefault")]
    return min(marked, key=lambda p: p.value, default=NO_CLASS)


def of(found: View) -> Priority:
    name = found["metadata"]["name"]
    return Priority(name, found.get("value", 0), found.get("preemptionPolicy") or PREEMPTS)


def refuse_other(review: Review, spec: View, found: Priority) -> None:
    tail = "from the given PriorityClass name"
    given = spec.get("priority")
    if given is not None and given != found.value:
        why = f"the integer value of priority ({given}) {GIVEN} {found.value} {tail}"
        raise forbidden(review, why)
    policy = spec.get("preemptionPolicy")
    if policy and policy != found.policy:
        why = f"the string value of PreemptionPolicy ({policy}) {GIVEN} {found.policy} {tail}"
        raise forbidden(review, why)


def one_default_priority(review: Review, lookup: Lookup) -> None:
    """Validating: only one PriorityClass is the default."""
    if review.resource != PRIORITYCLASS.resource or review.operation == DELETE:
        return
    assert review.obj is not None
    if not review.obj.get("globalDefault"):
        return
    mine = review.obj["metadata"]["name"]
    for other in lookup.list(PRIORITYCLASS):
        name = other["metadata"]["name"]
        if other.get("globalDefault") and name != mine:
            why = f"PriorityClass {name} is already marked as default. Only one default can exist"
            raise forbidden(review, why)
