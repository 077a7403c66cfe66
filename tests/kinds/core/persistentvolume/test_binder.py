"""What becomes of a volume."""

import pytest

from onggi.api.plan import Absent, Emit, SetStatus, Update
from onggi.kinds.core.persistentvolume.binder import (
    BY_CONTROLLER,
    PROVISIONED_BY,
    reconcile,
    volumes_of,
)
from tests.kinds.core.persistentvolume.volumes import claim, reference, volume
from tests.world import NOW, ListWorld


def actions(found, *others):
    return list(reconcile(found, ListWorld([found, *others]), NOW).actions)


def phase(found, *others):
    (action,) = actions(found, *others)
    assert isinstance(action, SetStatus)
    return action.status["phase"]


def test_an_unused_volume_is_available():
    assert phase(volume(phase="Pending")) == "Available"
    assert phase(volume(phase="Pending", claimRef=reference(uid=""))) == "Available"
    assert actions(volume()) == []


def test_a_volume_whose_claim_names_it_is_bound():
    assert phase(volume(claimRef=reference()), claim(volumeName="v1")) == "Bound"


def test_a_volume_whose_claim_is_gone_is_released_once_the_server_says_so():
    gone, action = actions(volume(phase="Bound", claimRef=reference()))
    assert isinstance(gone, Absent)
    assert (gone.namespace, gone.name, gone.uid) == ("default", "data", "uid-data")
    assert action.status == {"phase": "Released"}


def test_another_claim_of_that_name_is_not_the_one():
    later = claim()
    later["metadata"]["uid"] = "uid-of-a-later-one"
    assert actions(volume(phase="Bound", claimRef=reference()), later)[1].status == {
        "phase": "Released"
    }


@pytest.mark.parametrize(
    ("policy", "reason"),
    [("Retain", ""), ("Recycle", "VolumeFailedRecycle"), ("Delete", "VolumeFailedDelete")],
)
def test_a_released_volume_stays_or_says_that_nothing_can_be_done(policy, reason):
    released = volume(phase="Released", claimRef=reference(), persistentVolumeReclaimPolicy=policy)
    found = actions(released)
    if not reason:
        assert found == []
        return
    _, failed, event = found
    assert failed.status["phase"] == "Failed"
    assert isinstance(event, Emit)
    assert (event.reason, event.type) == (reason, "Warning")
    released["status"] = failed.status
    assert actions(released) == []


def test_who_made_a_volume_deletes_it():
    made = volume(phase="Released", claimRef=reference(), persistentVolumeReclaimPolicy="Delete")
    made["metadata"]["annotations"] = {PROVISIONED_BY: "disks.example.com"}
    assert actions(made) == []


def test_a_volume_that_was_not_needed_is_free_again():
    ours = volume(claimRef=reference())
    ours["metadata"]["annotations"] = {BY_CONTROLLER: "yes"}
    (action,) = actions(ours, claim(volumeName="other"))
    assert isinstance(action, Update)
    assert "claimRef" not in action.obj["spec"]
    users = volume(claimRef=reference())
    (action,) = actions(users, claim(volumeName="other"))
    assert action.obj["spec"]["claimRef"] == {"namespace": "default", "name": "data"}


def test_a_claim_wakes_what_it_names_and_what_names_it():
    world = ListWorld([volume("v1", claimRef=reference()), volume("v2"), volume("v3")])
    assert volumes_of(claim(volumeName="v2"), world) == [("", "v2"), ("", "v1")]
