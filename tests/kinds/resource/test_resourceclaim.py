"""What a claim of devices may ask for, and how far it has come."""

import pytest

from onggi.kinds.resource.requests import ONE_CONSTRAINT, ONE_WAY, REFERENCE
from onggi.kinds.resource.resourceclaim import RESOURCECLAIM, state
from tests.kinds.samples import created, said, said_of_update
from tests.world import NOW

GPU = {"name": "gpu", "exactly": {"deviceClassName": "gpu"}}


def of(**devices):
    return said(RESOURCECLAIM, devices=devices)


def test_one_device_is_meant_unless_said_otherwise():
    (request,) = created(RESOURCECLAIM)["spec"]["devices"]["requests"]
    assert request["exactly"] == {
        "deviceClassName": "gpu", "allocationMode": "ExactCount", "count": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"name": "gpu"}, f"spec.devices.requests[0]: Required value: {ONE_WAY}"),
        (
            {**GPU, "firstAvailable": [{"name": "a", "deviceClassName": "b"}]},
            f"spec.devices.requests[0]: Invalid value: null: {ONE_WAY}, but multiple fields are "
            "set",
        ),
        (
            {"name": "gpu", "exactly": {}},
            "spec.devices.requests[0].exactly.deviceClassName: Required value",
        ),
        (
            {"name": "gpu", "exactly": {"deviceClassName": "g", "allocationMode": "All",
                                        "count": 2}},
            "spec.devices.requests[0].exactly.count: Invalid value: 2: must not be specified when "
            "allocationMode is 'All'",
        ),
    ],
)  # fmt: skip
def test_a_request_is_for_one_thing(request_, error):
    assert of(requests=[request_]) == [error]


def test_constraints_name_requests_and_one_attribute():
    assert of(requests=[GPU], constraints=[{"requests": ["cpu"]}]) == [
        f'spec.devices.constraints[0].requests[0]: Invalid value: "cpu": {REFERENCE}',
        f"spec.devices.constraints[0]: Required value: {ONE_CONSTRAINT}",
    ]
    assert of(requests=[GPU], constraints=[{"matchAttribute": "numa"}]) == [
        'spec.devices.constraints[0].matchAttribute: Invalid value: "numa": a fully qualified '
        "name must be a domain and a name separated by a slash"
    ]


def test_requests_are_few_and_named_once():
    assert of(requests=[GPU, GPU]) == ['spec.devices.requests[1]: Duplicate value: "gpu"']
    (error,) = of(requests=[GPU] * 33)
    assert error == "spec.devices.requests: Too many: 33: must have at most 32 items"


def test_a_claim_stays():
    (error,) = said_of_update(RESOURCECLAIM, {"devices": {}})
    assert error.endswith("field is immutable")


@pytest.mark.parametrize(
    ("claim", "shown"),
    [
        ({}, "pending"),
        ({"status": {"allocation": {}}}, "allocated"),
        ({"status": {"allocation": {}, "reservedFor": [{}]}}, "allocated,reserved"),
        ({"metadata": {"deletionTimestamp": "x"}}, "deleted"),
    ],
)
def test_its_state_is_shown(claim, shown):
    assert state(claim, NOW) == shown
