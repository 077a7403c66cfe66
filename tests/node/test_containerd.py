import asyncio
import os
import signal
import socket
import subprocess
import tomllib
from pathlib import Path

import pytest

from onggi.controller.child import birth, spawn
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.secret import SECRET
from onggi.node import cni, containerd, leftovers
from onggi.node.cgroups import pod_cgroup
from onggi.node.layout import Layout
from onggi.node.machine import Abilities, abilities, cgroups, has_capability
from onggi.node.mounting import inside, mount_points
from onggi.node.runtime import ContainerState
from tests.node.real_containerd import is_possible
from tests.node.real_node import layout_in, real_node

OPTIONS = containerd.Options(
    containerd="/usr/bin/containerd", runc="/usr/sbin/runc", cni_plugins="/usr/lib/cni"
)
LAYOUT = Layout(data=Path("/var/lib/onggi"), run=Path("/run/onggi"))
LITTLE = Abilities(oom_below=False, apparmor=False, hugetlb=False)
MUCH = Abilities(oom_below=True, apparmor=True, hugetlb=True)
CRI = "io.containerd.grpc.v1.cri"

real = pytest.mark.skipif(not is_possible(), reason="needs root, containerd and runc")


def test_everything_of_containerd_lies_below_our_directories() -> None:
    made = tomllib.loads(containerd.config(LAYOUT, OPTIONS, LITTLE))
    assert made["root"] == "/var/lib/onggi/containerd"
    assert made["state"] == "/run/onggi/containerd"
    assert made["grpc"]["address"] == "/run/onggi/containerd.sock"
    cri = made["plugins"][CRI]
    assert cri["netns_mounts_under_state_dir"] is True
    assert cri["containerd"]["runtimes"]["runc"]["options"] == {
        "SystemdCgroup": False,
        "BinaryName": "/usr/sbin/runc",
        "Root": "/run/onggi/runc",
    }
    assert cri["cni"] == {
        "bin_dir": "/usr/lib/cni",
        "conf_dir": "/run/onggi/cni",
        "max_conf_num": 1,
    }
    assert cri["registry"] == {"config_path": "/var/lib/onggi/certs.d"}


def test_what_the_machine_cannot_do_is_not_asked_of_it() -> None:
    little = tomllib.loads(containerd.config(LAYOUT, OPTIONS, LITTLE))["plugins"][CRI]
    much = tomllib.loads(containerd.config(LAYOUT, OPTIONS, MUCH))["plugins"][CRI]
    assert (little["restrict_oom_score_adj"], much["restrict_oom_score_adj"]) == (True, False)
    assert (little["disable_apparmor"], much["disable_apparmor"]) == (True, False)


def test_capabilities_are_read_from_the_effective_set() -> None:
    status = "CapPrm:\t0000000001000000\nCapEff:\t000001fffeffffff\n"
    assert not has_capability(status, 24)
    assert has_capability(status, 12)


def test_a_socket_path_that_the_kernel_cannot_take_is_refused(tmp_path: Path) -> None:
    deep = Layout(data=tmp_path / ("x" * 100), run=tmp_path / ("x" * 100))
    with pytest.raises(containerd.NoContainerd, match="too long"):
        containerd.prepare(deep, OPTIONS, LITTLE)


def pod(uid: str, volumes: list[dict], mounts: list[dict], **spec: object) -> dict:
    container = {
        "name": "main",
        "image": "localhost/box:1",
        "command": ["/bin/sh", "-c", "echo started; while true; do sleep 1; done"],
        "volumeMounts": mounts,
        "terminationMessagePath": "/dev/termination-log",
        "env": [
            {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
            {"name": "GREETING", "value": "at $(IP)"},
        ],
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "default", "uid": uid, "labels": {"app": "web"}},
        "spec": {"containers": [container], "volumes": volumes, **spec},
        "status": {"qosClass": "BestEffort"},
    }


def named(name: str, **rest: object) -> dict:
    return {"metadata": {"name": name, "namespace": "default"}, **rest}


def traces(folder: Path) -> dict[str, list[str]]:
    """What an instance below this folder has in the kernel and outside of its folder."""
    name = layout_in(folder).instance
    links = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    return {
        "mounts": [m.path for m in mount_points() if str(folder) in m.path],
        "links": [line for line in links.splitlines() if name in line],
        "cgroups": [str(p) for h in cgroups().all for p in h.glob(f"{name}*")],
        "processes": [" ".join(w) for _, w in leftovers.commands() if str(folder) in " ".join(w)],
        "results": [p.name for p in cni.RESULTS.glob(f"{name}*")],
    }


NOTHING: dict[str, list[str]] = {
    "mounts": [],
    "links": [],
    "cgroups": [],
    "processes": [],
    "results": [],
}


@real
@pytest.mark.containers
async def test_a_pod_runs_with_everything_mounted_and_leaves_nothing(tmp_path: Path) -> None:
    layout = layout_in(tmp_path)
    async with real_node(layout) as node:
        await node.cluster.create(CONFIGMAP, named("settings", data={"a": "1"}))
        await node.cluster.create(SECRET, named("key", data={"k": "c2VjcmV0"}))
        one = pod(
            "11111111-0000",
            [
                {"name": "scratch", "emptyDir": {}},
                {"name": "memory", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
                {"name": "settings", "configMap": {"name": "settings"}},
                {"name": "key", "secret": {"secretName": "key", "defaultMode": 0o400}},
                {
                    "name": "me",
                    "downwardAPI": {
                        "items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]
                    },
                },
            ],
            [
                {"name": "scratch", "mountPath": "/scratch"},
                {"name": "scratch", "mountPath": "/part", "subPathExpr": "logs-$(IP)"},
                {"name": "memory", "mountPath": "/memory"},
                {"name": "settings", "mountPath": "/settings"},
                {"name": "settings", "mountPath": "/one", "subPath": "a"},
                {"name": "key", "mountPath": "/key"},
                {"name": "me", "mountPath": "/me"},
            ],
            securityContext={"fsGroup": 2000},
        )
        sandbox, container = await node.start(one)
        assert await node.run(container, "cat", "/settings/a", "/one", "/key/k") == "11secret"
        assert await node.run(container, "cat", "/me/labels") == 'app="web"'
        ip = (await node.runtime.sandbox_status(sandbox)).ips[0]
        assert f"GREETING=at {ip}\n" in await node.run(container, "env")
        assert f"{ip}\tweb\n" in await node.run(container, "cat", "/etc/hosts")
        resolv = await node.run(container, "cat", "/etc/resolv.conf")
        assert "nameserver 10.96.0.10" in resolv
        assert "ndots:5" in resolv
        await node.run(container, "touch", "/part/x", "/memory/y", "/dev/termination-log")
        assert f"logs-{ip}" in await node.run(container, "ls", "/scratch")
        assert "2000" in await node.run(container, "id")
        group = pod_cgroup(layout.cgroup, "BestEffort", "11111111-0000")
        assert all((h / group[1:]).exists() for h in cgroups().all if h.name != "unified")
        await node.stop(sandbox, "11111111-0000")
        assert not layout.pod("11111111-0000").exists()
    assert traces(tmp_path) == NOTHING


@real
@pytest.mark.containers
async def test_pods_outlive_a_killed_containerd_and_are_found_again(tmp_path: Path) -> None:
    layout = layout_in(tmp_path)
    async with real_node(layout) as node:
        _, container = await node.start(pod("22222222-0000", [], []))
        first = node.child.pid
        os.kill(first, signal.SIGKILL)
        while node.child.pid == first or not node.child.lives.is_set():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        found = await node.runtime.container_status(container)
        assert found.state is ContainerState.RUNNING
        assert await node.run(container, "echo", "still") == "still\n"


@real
@pytest.mark.containers
async def test_an_onggi_that_was_killed_is_followed_by_one_that_adopts(tmp_path: Path) -> None:
    layout = layout_in(tmp_path)
    layout.data.mkdir()
    options = containerd.find_programs(layout.data)
    left = spawn(containerd.prepare(layout, options, abilities()))
    while not await containerd.serves(layout.socket):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    async with real_node(layout) as node:
        assert node.child.pid == left.pid
        assert node.child.adopted
    assert not left.alive


async def test_a_stranger_on_the_socket_is_named(tmp_path: Path) -> None:
    layout = Layout(data=tmp_path, run=tmp_path)
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.bind(str(layout.socket))
        stranger.listen()
        with pytest.raises(containerd.NoContainerd, match=f"served by process {os.getpid()}"):
            async with containerd.running(layout, OPTIONS, LITTLE):
                pass


@real
@pytest.mark.containers
async def test_clean_ends_what_a_crash_has_left(tmp_path: Path) -> None:
    layout = layout_in(tmp_path)
    async with real_node(layout) as node:
        await node.start(
            pod(
                "33333333-0000",
                [{"name": "m", "emptyDir": {"medium": "Memory"}}],
                [{"name": "m", "mountPath": "/m"}],
            )
        )
        shims = leftovers.shims(layout)
        assert len(shims) == 1
        sockets = leftovers.shim_sockets(layout)
        assert sockets
        assert all(len(found) > 0 for found in traces(tmp_path).values())
        assert inside(layout.pods)
    assert not any(birth(pid) for pid in shims)
    assert not any(each.exists() for each in sockets)
    assert traces(tmp_path) == NOTHING
