"""How a claim gets its volume."""

from onggi.api.plan import Emit, SetStatus, Update
from onggi.kinds.core.node import NODE
from onggi.kinds.core.persistentvolume import PERSISTENTVOLUME
from onggi.kinds.core.persistentvolume.binder import BY_CONTROLLER
from onggi.kinds.core.persistentvolume.binder import reconcile as of_volume
from onggi.kinds.core.persistentvolumeclaim import PERSISTENTVOLUMECLAIM
from onggi.kinds.core.persistentvolumeclaim.binder import (
    COMPLETED,
    NO_CLASS,
    SELECTED_NODE,
    claims_for,
    claims_of_class,
    reconcile,
)
from onggi.kinds.core.pod import POD
from tests.kinds.core.persistentvolume.volumes import claim, reference, storage_class, volume
from tests.kinds.samples import created
from tests.world import NOW, ListWorld


def actions(found, *others):
    return list(reconcile(found, ListWorld([found, *others]), NOW).actions)


def settled(*objects):
    """The objects once both controllers have nothing to do any more."""
    kept = {(o["kind"], o["metadata"]["name"]): o for o in objects}
    turns = {PERSISTENTVOLUME.name: of_volume, PERSISTENTVOLUMECLAIM.name: reconcile}
    for _ in range(20):
        for key, found in list(kept.items()):
            plan = (
                turns[key[0]](found, ListWorld(list(kept.values())), NOW)
                if key[0] in turns
                else None
            )
            for action in plan.actions if plan else ():
                if isinstance(action, Update):
                    place = action.kind.name, action.obj["metadata"]["name"]
                    kept[place] = {**action.obj, "status": kept[place]["status"]}
                elif isinstance(action, SetStatus):
                    place = action.kind.name, action.target["metadata"]["name"]
                    kept[place] = {**kept[place], "status": action.status}
    return kept


def pod(node=""):
    mounts = [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]
    made = created(POD, volumes=mounts)
    if node:
        made["spec"]["nodeName"] = node
    return made


def test_a_claim_and_a_volume_become_one():
    kept = settled(claim(), volume(phase="Pending"))
    bound = kept["PersistentVolumeClaim", "data"]
    assert bound["spec"]["volumeName"] == "v1"
    assert bound["status"] == {
        "phase": "Bound",
        "accessModes": ["ReadWriteOnce"],
        "capacity": {"storage": "1Gi"},
    }
    assert bound["metadata"]["annotations"] == {BY_CONTROLLER: "yes", COMPLETED: "yes"}
    held = kept["PersistentVolume", "v1"]
    assert held["status"]["phase"] == "Bound"
    assert held["spec"]["claimRef"]["uid"] == "uid-data"
    assert held["metadata"]["annotations"] == {BY_CONTROLLER: "yes"}


def test_one_volume_is_for_one_claim():
    kept = settled(claim("a"), claim("b"), volume())
    phases = sorted(kept["PersistentVolumeClaim", n]["status"]["phase"] for n in ("a", "b"))
    assert phases == ["Bound", "Pending"]


def test_what_the_user_named_on_both_sides_says_so():
    kept = settled(claim(volumeName="v1"), volume(claimRef=reference(uid="")))
    assert kept["PersistentVolumeClaim", "data"]["metadata"]["annotations"] == {COMPLETED: "yes"}
    assert "annotations" not in kept["PersistentVolume", "v1"]["metadata"]
    assert kept["PersistentVolume", "v1"]["status"]["phase"] == "Bound"


def test_without_a_class_or_a_volume_it_is_said():
    (event,) = actions(claim())
    assert isinstance(event, Emit)
    assert (event.reason, event.message, event.type) == ("FailedBinding", NO_CLASS, "Normal")


def test_a_missing_class_is_said():
    (event,) = actions(claim(storageClassName="none"))
    assert event.reason == "ProvisioningFailed"
    assert event.message == 'storageclass.storage.k8s.io "none" not found'


def test_a_provisioner_is_told_and_waited_for():
    waiting = claim(storageClassName="fast")
    (action,) = actions(waiting, storage_class())
    assert set(action.obj["metadata"]["annotations"].values()) == {"example.com/x"}
    (event,) = actions(action.obj, storage_class())
    assert event.reason == "ExternalProvisioning"


def test_nobody_provisions_for_the_tree():
    local = storage_class("local", "kubernetes.io/no-provisioner")
    (event,) = actions(claim(storageClassName="local"), local)
    assert event.message == "no volume plugin matched name: kubernetes.io/no-provisioner"


def test_a_class_may_become_the_default_later():
    default = storage_class()
    default["metadata"]["annotations"] = {"storageclass.kubernetes.io/is-default-class": "true"}
    (action,) = actions(claim(), default)
    assert action.obj["spec"]["storageClassName"] == "fast"
    (event,) = actions(claim(storageClassName=""), default)
    assert event.reason == "FailedBinding"


def test_a_late_class_waits_for_a_pod_and_its_node():
    late = storage_class(volumeBindingMode="WaitForFirstConsumer")
    waiting, fitting = claim(storageClassName="fast"), volume(storageClassName="fast")
    assert [a.reason for a in actions(waiting, late, fitting)] == ["WaitForFirstConsumer"]
    (event,) = actions(waiting, late, fitting, pod())
    assert event.message == "waiting for pod web to be scheduled"
    node = created(NODE)
    node["metadata"]["name"] = "n1"
    first, _ = actions(waiting, late, fitting, pod("n1"), node)
    assert first.obj["spec"]["claimRef"]["name"] == "data"
    (action,) = actions(waiting, late, pod("n1"), node)
    assert action.obj["metadata"]["annotations"][SELECTED_NODE] == "n1"


def test_a_volume_that_does_not_fit_is_not_taken():
    (event,) = actions(claim(volumeName="v1", size="2Gi"), volume())
    assert (event.reason, event.type) == ("VolumeMismatch", "Warning")
    (event,) = actions(claim(volumeName="v1"), volume(claimRef=reference("other", "u")))
    assert event.message == 'volume "v1" already bound to a different claim.'


def test_a_bound_claim_that_lost_its_volume_says_so_once():
    bound = claim(phase="Bound", volumeName="v1")
    bound["metadata"]["annotations"] = {COMPLETED: "yes"}
    status, event = actions(bound)
    assert status.status["phase"] == "Lost"
    assert event.reason == "ClaimLost"
    bound["status"] = status.status
    assert actions(bound) == []
    _, event = actions(
        {**bound, "status": {"phase": "Bound"}}, volume(claimRef=reference("o", "u"))
    )
    assert event.reason == "ClaimMisbound"


def test_a_volume_wakes_those_who_look_for_one():
    world = ListWorld(
        [claim("a"), claim("b", storageClassName="fast"), claim("c", volumeName="v1")]
    )
    assert claims_for(volume(), world) == [("default", "a"), ("default", "c")]
    assert claims_for(volume("v9", claimRef=reference("z")), world) == [("default", "z")]
    assert claims_of_class(storage_class(), world) == [("default", "a"), ("default", "b")]
