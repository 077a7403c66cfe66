"""The screen, from objects on paper."""

from datetime import UTC, datetime, timedelta

import pytest

from onggi.cli.status_text import ROWS, Component, Seen, node_state, render, size
from onggi.config import Config
from onggi.instance import Instance

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR_AGO = (NOW - timedelta(hours=1)).timestamp()


def shown(**seen):
    instance = Instance(7, "0.1.0", "https://127.0.0.1:6443", started=HOUR_AGO)
    lists = {name: seen.pop(name, []) for name in ("nodes", "pods", "services", "ingresses")}
    return render(Seen(config=Config(), instance=instance, lists=lists, **seen), NOW)


def pod(name="web", phase="Running", **status):
    return {
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"nodeName": "n1", "containers": [{"name": "c", "resources": requests("250m")}]},
        "status": {"phase": phase, **status},
    }


def requests(cpu):
    return {"requests": {"cpu": cpu, "memory": "256Mi"}}


def container(ready=True, **state):
    state = state or {"running": {}}
    return {"name": "c", "ready": ready, "restartCount": 0, "state": state}


def well(name="web"):
    conditions = [{"type": "Ready", "status": "True"}]
    return pod(name, conditions=conditions, containerStatuses=[container()])


def node(**spec):
    return {
        "metadata": {"name": "n1"},
        "spec": spec,
        "status": {
            "allocatable": {"cpu": "2", "memory": "4Gi", "pods": "110"},
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }


def test_the_head_says_what_runs_since_when_and_where():
    text = shown(kubernetes="v1.37.0", disk=3 << 20)
    assert text.startswith("Onggi 0.1.0, Kubernetes v1.37.0, up 60m (since 2026-01-01 11:00:00 UTC")
    assert "https://127.0.0.1:6443" in text
    assert "/var/lib/onggi (3 Mi)" in text


def test_components_are_listed_with_their_memory_and_its_sum():
    parts = (
        Component("onggi", 7, HOUR_AGO, 100 << 20),
        Component("envoy", 9, HOUR_AGO, 60 << 20, restarted=True),
        Component("containerd", lives=False),
    )
    rows = [line.split() for line in shown(components=parts).splitlines()[5:10]]
    assert rows[1:] == [
        ["onggi", "running", "7", "60m", "100", "Mi"],
        ["envoy", "restarted", "9", "60m", "60", "Mi"],
        ["containerd", "not", "running", "-", "-", "0", "Mi"],
        ["in", "all", "160", "Mi"],
    ]


def test_a_dead_component_or_a_silent_api_is_not_well():
    def seen(**more):
        return Seen(config=Config(), instance=Instance(1, "", "", 0.0), **more)

    assert seen(components=(Component("onggi"),)).well
    assert not seen(components=(Component("onggi", lives=False),)).well
    assert not seen(trouble="timed out").well


def test_a_silent_api_leaves_the_rest_of_the_screen():
    text = shown(components=(Component("onggi", 7),), trouble="timed out")
    assert text.endswith("The API does not answer: timed out")
    assert "onggi" in text
    assert "PODS" not in text


def test_a_node_shows_what_is_asked_of_it():
    text = shown(nodes=[node()], pods=[well("a"), well("b"), pod("done", "Succeeded")])
    assert "n1    Ready  0.5 of 2       512 Mi of 4.0 Gi  2 of 110" in text


@pytest.mark.parametrize(
    ("conditions", "spec", "state"),
    [
        ({"Ready": "True"}, {}, "Ready"),
        ({"Ready": "False"}, {}, "NotReady"),
        ({"Ready": "Unknown"}, {}, "Unknown"),
        ({"Ready": "True", "DiskPressure": "True"}, {}, "Ready,DiskPressure"),
        ({"Ready": "True"}, {"unschedulable": True}, "Ready,SchedulingDisabled"),
        ({}, {}, "Unknown"),
    ],
)
def test_the_state_of_a_node_names_what_presses_it(conditions, spec, state):
    listed = [{"type": kind, "status": status} for kind, status in conditions.items()]
    assert node_state({"spec": spec, "status": {"conditions": listed}}) == state


def test_no_node_is_said():
    assert "No node: pods stay Pending." in shown()


def test_pods_are_counted_by_phase_and_only_the_unwell_are_named():
    waiting = {"reason": "ImagePullBackOff", "message": "no such image"}
    ready = [{"type": "Ready", "status": "False", "message": "probe failed"}]
    text = shown(
        pods=[
            well("fine"),
            pod("done", "Succeeded"),
            pod("pull", "Pending", containerStatuses=[container(False, waiting=waiting)]),
            pod("slow", conditions=ready, containerStatuses=[container(False, running={})]),
        ]
    )
    block = text[text.index("PODS") :].splitlines()
    assert block == [
        "PODS  1 pending, 2 running, 1 succeeded",
        "  default/pull  ImagePullBackOff  no such image",
        "  default/slow  ready 0/1         probe failed",
    ]


def test_a_long_list_is_cut_and_the_rest_counted():
    text = shown(pods=[pod(f"p{i:02}", "Pending") for i in range(ROWS + 8)])
    assert "… 8 more: onggi kubectl get pods -A" in text
    assert f"p{ROWS:02}" not in text


def test_services_and_ingresses_show_addresses_and_ports():
    service = {
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "type": "NodePort",
            "clusterIPs": ["10.96.0.7"],
            "ports": [{"port": 80, "nodePort": 30080, "protocol": "TCP"}],
        },
    }
    ingress = {
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"rules": [{"host": "shop.example.com"}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "127.0.0.1"}]}},
    }
    text = shown(services=[service], ingresses=[ingress])
    assert "shop/web  NodePort  10.96.0.7   <none>       80:30080/TCP" in text
    assert "shop/web  shop.example.com  127.0.0.1  80,443" in text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 Mi"), (113 << 20, "113 Mi"), (1 << 30, "1.0 Gi")]
)
def test_sizes_are_in_the_units_of_kubernetes(count, text):
    assert size(count) == text
