"""Drivers of a node are there once each and stay as they are."""

from onggi.kinds.storage.csinode import CSINODE
from tests.kinds.samples import said, said_of_update

DRIVER = {"name": "disks.example.com", "nodeID": "n1"}


def test_each_driver_is_named_once():
    assert said(CSINODE, drivers=[DRIVER, {**DRIVER, "nodeID": ""}]) == [
        "spec.drivers[1].nodeID: Required value",
        'spec.drivers[1].name: Duplicate value: "disks.example.com"',
    ]


def test_only_the_number_of_volumes_may_change():
    assert said_of_update(CSINODE, {"drivers": [{**DRIVER, "allocatable": {"count": 3}}]}) == []
    (error,) = said_of_update(CSINODE, {"drivers": [{**DRIVER, "nodeID": "n2"}]})
    assert error.startswith("spec.drivers: Invalid value: ")
