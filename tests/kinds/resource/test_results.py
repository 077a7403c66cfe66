"""What a claim got fits what it asked for, and stays."""

from onggi.kinds.resource.resourceclaim import RESOURCECLAIM
from tests.kinds.samples import created

RESULT = {"request": "gpu", "driver": "gpu.example.com", "pool": "n1", "device": "gpu-0"}
USER = {"resource": "pods", "name": "web", "uid": "u"}
GIVEN = {"devices": {"results": [RESULT]}}


def judged(after, before=None):
    claim = created(RESOURCECLAIM)
    (rule,) = RESOURCECLAIM.status_rules
    errors = rule({**claim, "status": after}, {**claim, "status": before or {}})
    return [error.path for error in errors]


def test_devices_are_for_requests_of_the_claim():
    assert judged({"allocation": GIVEN}) == []
    strange = {"devices": {"results": [{**RESULT, "request": "cpu"}]}}
    assert judged({"allocation": strange}) == ["status.allocation.devices.results[0].request"]


def test_who_uses_it_has_something_to_use():
    assert judged({"reservedFor": [USER]}) == ["status.reservedFor"]
    assert judged({"allocation": GIVEN, "reservedFor": [USER]}) == []
    assert judged({"allocation": GIVEN, "reservedFor": [USER, USER]}) == ["status.reservedFor[1]"]


def test_an_allocation_stays():
    assert judged({"allocation": {}}, {"allocation": GIVEN}) == ["status.allocation"]
    assert judged({}, {"allocation": GIVEN}) == []


def test_the_state_of_a_device_is_of_one_that_was_given():
    device = {field: RESULT[field] for field in ("driver", "pool", "device")}
    assert judged({"allocation": GIVEN, "devices": [device]}) == []
    assert judged({"devices": [device]}) == ["status.devices[0]"]
    data = {**device, "data": ["x"], "networkData": {"ips": ["nowhere"]}}
    assert judged({"allocation": GIVEN, "devices": [data]}) == [
        "status.devices[0].data",
        "status.devices[0].networkData.ips[0]",
    ]
