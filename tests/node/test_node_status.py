"""The Node object."""

from dataclasses import replace
from datetime import timedelta

import pytest

from onggi.api.objects import clone
from onggi.api.schema import decode
from onggi.api.times import stamp
from onggi.apiserver import schemas
from onggi.node.facts import Facts
from onggi.node.node_status import (
    Health,
    Setting,
    allocatable,
    capacity,
    conditions,
    is_news,
    new_node,
    node_status,
)
from tests.world import NOW

FACTS = Facts(
    hostname="jar",
    cpus=2,
    memory=4 << 30,
    memory_available=2 << 30,
    swap=0,
    disk=100 << 30,
    disk_available=50 << 30,
    inodes_free=0.5,
    pids=32768,
    pids_free=32000,
    machine_id="m",
    boot_id="b",
    kernel="6.1",
    os_image="Debian",
)
SETTING = Setting(name="jar", addresses=["192.0.2.1"], pod_cidr="10.244.0.0/24", port=10250)
HEALTH = Health(runtime="containerd://1.6.20")


def test_what_it_has_and_what_is_left_for_pods():
    assert capacity(FACTS)["memory"] == "4Gi"
    assert capacity(FACTS)["pods"] == "110"
    assert allocatable(FACTS)["memory"] == "3996Mi"
    assert allocatable(FACTS)["ephemeral-storage"] == str(90 << 30)


def test_what_the_server_makes_of_it_is_no_news():
    node = new_node(SETTING, FACTS, HEALTH, NOW)
    kept = decode(clone(node), schemas.load("io.k8s.api.core.v1.Node")).object
    assert not is_news(kept["status"], node["status"])


def test_a_new_node():
    node = new_node(SETTING, FACTS, HEALTH, NOW)
    assert node["metadata"]["labels"]["kubernetes.io/hostname"] == "jar"
    assert node["spec"] == {"podCIDR": "10.244.0.0/24", "podCIDRs": ["10.244.0.0/24"]}
    status = node["status"]
    assert status["addresses"] == [
        {"type": "InternalIP", "address": "192.0.2.1"},
        {"type": "Hostname", "address": "jar"},
    ]
    assert status["nodeInfo"]["kubeletVersion"] == "v1.37.0"
    assert status["daemonEndpoints"] == {"kubeletEndpoint": {"Port": 10250}}
    ready = status["conditions"][-1]
    assert ready == {
        "type": "Ready",
        "status": "True",
        "reason": "KubeletReady",
        "message": "kubelet is posting ready status",
        "lastHeartbeatTime": stamp(NOW),
        "lastTransitionTime": stamp(NOW),
    }


@pytest.mark.parametrize(
    ("facts", "type", "reason"),
    [
        ({"memory_available": 99 << 20}, "MemoryPressure", "KubeletHasInsufficientMemory"),
        ({"disk_available": 9 << 30}, "DiskPressure", "KubeletHasDiskPressure"),
        ({"inodes_free": 0.01}, "DiskPressure", "KubeletHasDiskPressure"),
        ({"pids_free": 0}, "PIDPressure", "KubeletHasInsufficientPID"),
    ],
)
def test_pressure(facts, type, reason):
    assert all(c["status"] == "False" for c in conditions({}, FACTS, HEALTH, NOW)[:3])
    found = conditions({}, replace(FACTS, **facts), HEALTH, NOW)
    (bad,) = [c for c in found[:3] if c["status"] == "True"]
    assert (bad["type"], bad["reason"]) == (type, reason)


def test_why_it_is_not_ready():
    ready = conditions({}, FACTS, Health(troubles=["a", "b"]), NOW)[-1]
    assert (ready["status"], ready["reason"]) == ("False", "KubeletNotReady")
    assert ready["message"] == "[a, b]"


def test_time_alone_is_no_news():
    node = new_node(SETTING, FACTS, HEALTH, NOW)
    later = node_status(node, SETTING, FACTS, HEALTH, NOW + timedelta(minutes=1))
    assert not is_news(node["status"], later)
    bare = {**node["status"]}
    bare.pop("images")
    assert not is_news(bare, later)
    sick = node_status(node, SETTING, FACTS, Health(troubles=["x"]), NOW)
    assert is_news(node["status"], sick)
