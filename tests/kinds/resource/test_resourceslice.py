"""What a driver may say of its devices."""

import pytest

from onggi.kinds.resource.resourceslice import RESOURCESLICE, stamp_taints
from tests.kinds.samples import created, said, said_of_update
from tests.world import NOW

TAINT = {"key": "example.com/broken", "effect": "NoSchedule"}


def of(**device):
    return said(RESOURCESLICE, devices=[{"name": "gpu-0", **device}])


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"nodeName": None}, "spec"),
        ({"allNodes": True}, "spec"),
        ({"nodeName": None, "allNodes": False}, "spec.allNodes"),
        ({"driver": ""}, "spec.driver"),
        ({"pool": {"name": "a//b", "resourceSliceCount": 1}}, "spec.pool.name"),
        ({"pool": {"name": "a", "resourceSliceCount": 0}}, "spec.pool.resourceSliceCount"),
        ({"sharedCounters": [{"name": "c", "counters": {"m": {"value": "1"}}}]}, "spec"),
    ],
)
def test_a_slice_says_where_and_whose(spec, path):
    assert said(RESOURCESLICE, **spec)[0].partition(": ")[0] == path


@pytest.mark.parametrize(
    ("attribute", "path"),
    [
        ({"string": "a"}, None),
        ({"version": "1.2.3-alpha+b"}, None),
        ({"version": "1.2"}, "spec.devices[0].attributes[a].version"),
        ({"string": "a", "int": 1}, "spec.devices[0].attributes[a]"),
        ({}, "spec.devices[0].attributes[a]"),
        ({"string": "a" * 65}, "spec.devices[0].attributes[a].string"),
    ],
)
def test_an_attribute_has_one_value(attribute, path):
    assert [error.partition(": ")[0] for error in of(attributes={"a": attribute})] == (
        [path] if path else []
    )


def test_names_are_identifiers_with_or_without_a_domain():
    assert of(attributes={"example.com/a": {"int": 1}}) == []
    assert len(of(attributes={"a-b": {"int": 1}})) == 1
    assert len(of(attributes={"/b": {"int": 1}})) == 1


def test_capacity_is_shared_by_a_policy():
    policy = {"default": "1", "validValues": ["2", "1", "9"]}
    capacity = {"memory": {"value": "8", "requestPolicy": policy}}
    assert of(capacity=capacity) == [
        "spec.devices[0].capacity[memory].requestPolicy: Forbidden: allowMultipleAllocations must "
        "be true"
    ]
    path = "spec.devices[0].capacity[memory].requestPolicy.validValues"
    assert of(capacity=capacity, allowMultipleAllocations=True) == [
        f'{path}[1]: Invalid value: "1": values must be sorted in ascending order',
        f'{path}[2]: Invalid value: "9": option is larger than capacity value: 8',
    ]


def test_a_range_holds_its_default_and_its_steps():
    span = {"min": "2", "max": "7", "step": "2"}
    capacity = {"m": {"value": "8", "requestPolicy": {"default": "3", "validRange": span}}}
    errors = of(capacity=capacity, allowMultipleAllocations=True)
    assert [error.rpartition(": ")[2] for error in errors] == [
        "value is not a multiple of a given step (2) from (2)"
    ] * 2


def test_a_device_says_where_it_is_if_the_slice_does_not():
    assert of(nodeName="n1")[0].startswith("spec.devices[0]: Invalid value: null")
    each = {"nodeName": None, "perDeviceNodeSelection": True}
    assert said(RESOURCESLICE, **each)[0].startswith("spec.devices[0]: Required value")


def test_the_driver_stays():
    assert said_of_update(RESOURCESLICE, {"driver": "other.example.com"}) == [
        'spec.driver: Invalid value: "other.example.com": field is immutable'
    ]


def test_a_taint_says_since_when():
    found = created(RESOURCESLICE, devices=[{"name": "gpu-0", "taints": [TAINT]}])
    stamp_taints(found, None, NOW)
    (device,) = found["spec"]["devices"]
    assert device["taints"][0]["timeAdded"] == "2026-01-01T00:00:00Z"
