import os
from pathlib import Path

import pytest

from onggi.node.cgroups import (
    PodCgroups,
    hierarchies,
    pod_cgroup,
    remove_tree,
    settings_v1,
    settings_v2,
)
from onggi.node.configs import Resources
from onggi.node.machine import cgroups
from tests.node.pods import pod

V1 = """\
tmpfs /sys/fs/cgroup tmpfs rw 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0
cgroup /sys/fs/cgroup/systemd cgroup rw,name=systemd 0 0
"""
HYBRID = V1 + "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n"
V2 = "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n"


def test_all_three_kinds_of_machines_are_told_apart() -> None:
    v1 = hierarchies(V1)
    assert v1.v1["cpu"] == v1.v1["cpuacct"] == Path("/sys/fs/cgroup/cpu,cpuacct")
    assert v1.v1["memory"] == Path("/sys/fs/cgroup/memory")
    assert not v1.unified
    assert len(v1.all) == 3
    assert not hierarchies(HYBRID).unified
    assert Path("/sys/fs/cgroup/unified") in hierarchies(HYBRID).all
    assert hierarchies(V2).unified
    assert hierarchies(V2).all == [Path("/sys/fs/cgroup")]


def test_a_pods_group_follows_from_its_class() -> None:
    assert pod_cgroup("/onggi", "Guaranteed", "u") == "/onggi/podu"
    assert pod_cgroup("/onggi", "Burstable", "u") == "/onggi/burstable/podu"
    with pytest.raises(ValueError, match="cannot be part"):
        pod_cgroup("/onggi", "BestEffort", "../x")


def test_figures_become_files() -> None:
    bound = Resources(cpu_period=100_000, cpu_quota=50_000, cpu_shares=1024, memory_limit=1 << 20)
    assert settings_v1(bound) == [
        ("cpu", "cpu.shares", "1024"),
        ("cpu", "cpu.cfs_period_us", "100000"),
        ("cpu", "cpu.cfs_quota_us", "50000"),
        ("memory", "memory.limit_in_bytes", "1048576"),
    ]
    assert settings_v2(bound) == [
        ("cpu.weight", "39"),
        ("cpu.max", "50000 100000"),
        ("memory.max", "1048576"),
    ]
    loose = Resources(cpu_period=100_000, cpu_shares=2)
    assert settings_v2(loose) == [
        ("cpu.weight", "1"),
        ("cpu.max", "max 100000"),
        ("memory.max", "max"),
    ]


def test_a_tree_is_removed_from_the_leaves(tmp_path: Path) -> None:
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    remove_tree(tmp_path / "a")
    assert not (tmp_path / "a").exists()
    remove_tree(tmp_path / "a")


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
async def test_a_group_is_made_bounded_and_removed() -> None:
    found = cgroups()
    made = PodCgroups("/onggi-t2", found)
    limits = {"cpu": "500m", "memory": "64Mi"}
    one = pod({"resources": {"limits": limits, "requests": limits}})
    try:
        await made.ensure(one)
        await made.ensure(one)
        if found.v1:
            memory = found.v1["memory"] / "onggi-t2/pod0000-1111/memory.limit_in_bytes"
            quota = found.v1["cpu"] / "onggi-t2/pod0000-1111/cpu.cfs_quota_us"
            assert (memory.read_text(), quota.read_text()) == (f"{64 << 20}\n", "50000\n")
        else:
            assert found.v2
            group = found.v2 / "onggi-t2/pod0000-1111"
            assert (group / "cpu.max").read_text() == "50000 100000\n"
        await made.remove("0000-1111")
        assert not any((h / "onggi-t2/pod0000-1111").exists() for h in found.all)
    finally:
        made.remove_all()
    assert not any((h / "onggi-t2").exists() for h in found.all)
