"""What a claim may say, and what of it may change once it is there."""

from onggi.api.objects import clone
from onggi.kinds.core.persistentvolumeclaim import PERSISTENTVOLUMECLAIM
from tests.kinds.samples import created, said, said_of_update

GIGS = {"requests": {"storage": "2Gi"}}


def changed(change, status=None, **spec):
    """What is said of an update of a claim that has this status."""
    old = created(PERSISTENTVOLUMECLAIM, **spec)
    old["status"] = status or {"phase": "Bound"}
    new = clone(old)
    new["spec"] |= change
    return [str(error) for error in PERSISTENTVOLUMECLAIM.validate(new, old)]


def test_it_says_how_and_how_much():
    assert said(PERSISTENTVOLUMECLAIM, accessModes=[], resources={}) == [
        "spec.accessModes: Required value: at least 1 access mode is required",
        "spec.resources[storage]: Required value",
    ]


def test_a_bound_claim_may_grow():
    assert changed({"resources": GIGS}) == []


def test_an_unbound_one_stays():
    (error,) = changed({"resources": GIGS}, {"phase": "Pending"})
    assert error.startswith("spec: Forbidden: spec is immutable after creation except")


def test_it_does_not_shrink_below_what_it_has():
    status = {"phase": "Bound", "capacity": {"storage": "2Gi"}}
    small = {"requests": {"storage": "1Gi"}}
    assert changed({"resources": small}, status, resources=GIGS) == [
        "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity"
    ]
    tried = {"requests": {"storage": "3Gi"}}
    more = {"requests": {"storage": "2560Mi"}}
    assert changed({"resources": more}, status, resources=tried) == []


def test_the_volume_is_named_once():
    assert said_of_update(PERSISTENTVOLUMECLAIM, {"volumeName": "pv1"}) == []
    (error,) = said_of_update(PERSISTENTVOLUMECLAIM, {"volumeName": "pv2"}, volumeName="pv1")
    assert error.startswith("spec: Forbidden: ")


def test_the_class_may_be_filled_in_later_and_then_stays():
    assert said_of_update(PERSISTENTVOLUMECLAIM, {"storageClassName": "fast"}) == []
    (error,) = said_of_update(
        PERSISTENTVOLUMECLAIM, {"storageClassName": "slow"}, storageClassName="fast"
    )
    assert error.startswith("spec: Forbidden: ")


def test_the_class_may_move_from_the_annotation():
    old = created(PERSISTENTVOLUMECLAIM)
    old["metadata"]["annotations"] = {"volume.beta.kubernetes.io/storage-class": "fast"}
    new = clone(old)
    new["spec"]["storageClassName"] = "fast"
    del new["metadata"]["annotations"]
    assert PERSISTENTVOLUMECLAIM.validate(new, old) == []
    other = clone(old)
    other["metadata"]["annotations"] = {"volume.beta.kubernetes.io/storage-class": "slow"}
    (error,) = PERSISTENTVOLUMECLAIM.validate(other, old)
    assert error.path == "metadata.annotations.volume.beta.kubernetes.io/storage-class"


def test_applied_attributes_are_not_taken_away():
    status = {"phase": "Bound", "currentVolumeAttributesClassName": "gold"}
    (error,) = changed({"volumeAttributesClassName": ""}, status, volumeAttributesClassName="gold")
    assert error.startswith("spec.volumeAttributesClassName: Forbidden: update to empty string")


def test_a_status_speaks_of_storage():
    claim = created(PERSISTENTVOLUMECLAIM)
    claim["status"] = {"allocatedResourceStatuses": {"cpu": "Foo"}, "allocatedResources": {"a": 1}}
    rule = PERSISTENTVOLUMECLAIM.status_rules[0]
    assert [error.path for error in rule(claim, claim)] == [
        "status.allocatedResourceStatuses",
        "status.allocatedResourceStatuses",
        "status.allocatedResources",
    ]
