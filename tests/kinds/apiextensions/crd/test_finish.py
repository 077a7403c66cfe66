"""A definition takes its custom resources with it."""

from typing import Any

from onggi.api.conditions import find
from onggi.api.crd import bare, kinds_of
from onggi.api.objects import Object
from onggi.api.plan import Clear, Patch, Plan, Remains, SetStatus, Target
from onggi.kinds.apiextensions.crd.finish import definition as wakes
from onggi.kinds.apiextensions.crd.finish import reconcile
from onggi.kinds.apiextensions.crd.kind import CLEANUP, CRD, marked
from tests.kinds.apiextensions.crd.test_naming import definition, settled
from tests.world import NOW, ListWorld


def going(crd: Object) -> Object:
    crd["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    marked(crd, NOW)
    return crd


def plan(crd: Object) -> Plan:
    return reconcile(crd, ListWorld([crd]), NOW)


def reason(action: Any) -> str:
    assert isinstance(action, SetStatus)
    found = find({"status": action.status}, "Terminating")
    assert found
    return f"{found['status']} {found['reason']}"


def test_nothing_happens_while_it_stays() -> None:
    assert plan(settled(definition())).actions == ()


def test_what_was_never_established_just_goes() -> None:
    told, let_go = plan(going(definition())).actions
    assert reason(told) == "False NeverEstablished"
    assert isinstance(let_go, Patch)
    assert let_go.patch == {"metadata": {"finalizers": None}}


def test_objects_are_deleted_first_and_then_looked_for() -> None:
    crd = going(settled(definition()))
    told, clear = plan(crd).actions
    assert reason(told) == "True InstanceDeletionInProgress"
    assert isinstance(clear, Clear)
    assert [kind.resource for kind in clear.kinds] == ["foos.example.com"]
    kind = clear.kinds[0]
    (waits,) = clear.then([Remains(kind, [{"metadata": {}}])])
    assert reason(waits) == "True InstanceDeletionCheck"
    told, let_go = clear.then([Remains(kind)])
    assert reason(told) == "False InstanceDeletionCompleted"
    assert isinstance(let_go, Patch)


def test_it_does_not_wake_itself_while_it_waits() -> None:
    crd = going(settled(definition()))
    _, clear = plan(crd).actions
    assert isinstance(clear, Clear)
    (waits,) = clear.then([Remains(clear.kinds[0], [{"metadata": {}}])])
    assert isinstance(waits, SetStatus)
    again = {**crd, "status": waits.status}
    assert [type(action) for action in plan(again).actions] == [Clear]


def test_the_last_object_that_goes_wakes_it() -> None:
    crd = going(settled(definition()))
    (kind,) = map(bare, kinds_of(crd))
    held = {"metadata": {"name": "x", "deletionTimestamp": "2026-01-01T00:00:00Z"}}
    world = ListWorld([crd])
    assert wakes(kind, held, world) == [Target(CRD, "", "foos.example.com")]
    assert wakes(kind, {"metadata": {"name": "x"}}, world) == []
    assert CLEANUP in crd["metadata"]["finalizers"]
