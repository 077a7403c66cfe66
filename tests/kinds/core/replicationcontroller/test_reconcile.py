"""A ReplicationController keeps its pods as a ReplicaSet does."""

from onggi.api.objects import owner_reference
from onggi.api.plan import SetStatus
from onggi.kinds.core.pod import POD
from onggi.kinds.core.replicationcontroller import REPLICATIONCONTROLLER
from onggi.kinds.core.replicationcontroller.reconcile import CONTROLLER, KEEPER
from tests.kinds.samples import created
from tests.world import NOW, ListWorld, story


def rc(replicas):
    obj = created(REPLICATIONCONTROLLER, replicas=replicas)
    obj["metadata"] |= {"uid": "u1", "generation": 1}
    return obj


def pod(name, owner=None, app="web"):
    meta = {"name": name, "namespace": "default", "uid": name, "labels": {"app": app}}
    if owner:
        meta["ownerReferences"] = [owner_reference(owner)]
    return {"kind": "Pod", "metadata": meta, "spec": {}, "status": {"phase": "Running"}}


def test_orphans_are_taken_in_strangers_let_go_and_the_rest_is_created():
    owner = rc(2)
    found = KEEPER.reconcile(
        owner, ListWorld([pod("orphan"), pod("stranger", owner, app="other")]), NOW
    )
    assert story(found) == [
        "patch Pod stranger",
        "patch Pod orphan",
        "create Pod web-",
        "status ReplicationController web",
    ]
    status = next(a for a in found.actions if isinstance(a, SetStatus))
    assert status.target is owner  # whose selector stays a plain map


def test_an_orphan_wakes_whoever_selects_it():
    world = ListWorld([rc(1)])
    (wake,) = [m for kind, m in CONTROLLER.watches.items() if kind is POD]
    assert wake(pod("a"), world) == [("default", "web")]
    assert wake(pod("a", app="other"), world) == []
    assert wake(pod("a", rc(1)), world) == []
