"""A definition gets its names, unless another of its group has them, and is established then.

Sources: ``k8s.io/apiextensions-apiserver/pkg/controller/status/naming_controller.go``,
``controller/establish``, ``controller/nonstructuralschema``, ``controller/apiapproval``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from onggi.api.conditions import condition, has_status, in_list, is_true, with_condition, without
from onggi.api.gotext import quote
from onggi.api.objects import Object, View, clone
from onggi.api.plan import Controller, Plan, SetStatus, Wake, World
from onggi.kinds.apiextensions.crd.approval import approval
from onggi.kinds.apiextensions.crd.bundle import problem
from onggi.kinds.apiextensions.crd.kind import CRD
from onggi.kinds.apiextensions.crd.violations import violations

ACCEPTED = "the initial names have been accepted"
SINGLE = (("plural", "PluralConflict"), ("singular", "SingularConflict"))
KINDS = (("kind", "KindConflict"), ("listKind", "ListKindConflict"))


@dataclass
class Taken:
    """The names that others of the group were given."""

    resources: set[str]
    kinds: set[str]


def reconcile(crd: View, world: World, now: datetime) -> Plan:
    status = clone(crd.get("status") or {})
    names = status.get("acceptedNames") or {}
    accepted, named = decide(crd["spec"]["names"], names, taken(crd, world))
    status["acceptedNames"] = accepted
    conditions = list(status.get("conditions") or ())
    if not is_same(named, in_list(conditions, "NamesAccepted")):
        conditions = with_condition(conditions, named, now)
    for found in (established(crd, named), approval(crd)):
        if found and not is_same(found, in_list(conditions, found["type"])):
            conditions = with_condition(conditions, found, now)
    status["conditions"] = structural(crd, conditions, now)
    return Plan() if status == crd.get("status") else Plan([SetStatus(CRD, crd, status)])


def taken(crd: View, world: World) -> Taken:
    found = Taken(set(), set())
    for other in world.all(CRD):
        if other["spec"]["group"] != crd["spec"]["group"] or is_named(other, crd):
            continue
        names = (other.get("status") or {}).get("acceptedNames") or {}
        own = (names.get("plural"), names.get("singular"), *(names.get("shortNames") or ()))
        found.resources.update(filter(None, own))
        found.kinds.update(filter(None, (names.get("kind"), names.get("listKind"))))
    return found


def is_named(one: View, other: View) -> bool:
    return bool(one["metadata"]["name"] == other["metadata"]["name"])


def decide(asked: View, had: View, used: Taken) -> tuple[Object, Object]:
    """The names to serve under, and the condition that says what came of those asked for.

    Of several conflicts the last one is told, as upstream."""
    names = {key: had[key] for key in had if key != "categories"}
    reason, message = "NoConflicts", "no conflicts found"
    for key, why, others in (*((*s, used.resources) for s in SINGLE),
                             ("shortNames", "ShortNamesConflict", used.resources),
                             *((*k, used.kinds) for k in KINDS)):  # fmt: skip
        if problem := ", ".join(conflicts(asked.get(key), had.get(key), others)):
            several = ", " in problem
            reason, message = why, f"[{problem}]" if several else problem
        elif asked.get(key):
            names[key] = asked[key]
        else:
            names.pop(key, None)
    if asked.get("categories"):
        names["categories"] = asked["categories"]
    return names, condition("NamesAccepted", reason == "NoConflicts", reason, message)


def conflicts(
    asked: str | Sequence[str] | None, had: str | Sequence[str] | None, used: set[str]
) -> Iterator[str]:
    wanted = [asked] if isinstance(asked, str) else asked or ()
    own = [had] if isinstance(had, str) else had or ()
    yield from (f"{quote(n)} is already in use" for n in wanted if n not in own and n in used)


def established(crd: View, named: View) -> Object | None:
    """Once established, it stays so whatever becomes of later names."""
    if is_true(crd, "Established"):
        return None
    if named["status"] != "True":
        return condition("Established", False, "NotAccepted", "not all names are accepted")
    webhook = (crd["spec"].get("conversion") or {}).get("webhook") or {}
    bundle = (webhook.get("clientConfig") or {}).get("caBundle")
    if bundle and problem(bundle):
        said = "The conversion webhook CABundle is invalid"
        return condition("Established", False, "InvalidCABundle", said)
    return condition("Established", True, "InitialNamesAccepted", ACCEPTED)


def structural(crd: View, conditions: list[Object], now: datetime) -> list[Object]:
    problems = violations(crd)
    if problems:
        found = condition("NonStructuralSchema", True, "Violations", problems)
        if is_same(found, in_list(conditions, "NonStructuralSchema")):
            return conditions
        return with_condition(conditions, found, now)
    return without(conditions, "NonStructuralSchema")


def is_same(new: View, old: View | None) -> bool:
    return old is not None and all(
        new.get(field) == old.get(field) for field in ("status", "reason", "message")
    )


def others(changed: View, world: World) -> list[Wake]:
    """A name that is given back may be what another definition waits for."""
    name, group = changed["metadata"]["name"], changed["spec"]["group"]
    waiting = [
        ("", other["metadata"]["name"])
        for other in world.all(CRD)
        if other["spec"]["group"] == group and has_status(other, "NamesAccepted", "False")
    ]
    return [("", name), *waiting]


CONTROLLER = Controller(
    name="crd-names",
    kind=CRD,
    reconcile=reconcile,
    watches={CRD: others},
    workers=5,
    account="system:apiserver",
)
