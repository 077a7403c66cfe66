import pytest

from onggi.node.translate_resources import (
    Machine,
    container_resources,
    oom_score,
    pod_resources,
    quota,
    shares,
)
from tests.node.pods import main, pod

MACHINE = Machine(memory=4 << 30)


def limited(**resources: dict) -> dict:
    return pod({"resources": resources})


def test_shares_and_quota_are_upstreams() -> None:
    assert [shares(m) for m in (0, 1, 100, 1000, 10**9)] == [2, 2, 102, 1024, 262144]
    assert [quota(m) for m in (0, 1, 500, 2000)] == [0, 1000, 50_000, 200_000]


def test_limits_become_the_kernels_figures() -> None:
    one = limited(requests={"cpu": "100m"}, limits={"cpu": "500m", "memory": "64Mi"})
    found = container_resources(one, main(one), MACHINE)
    assert (found.cpu_period, found.cpu_quota, found.cpu_shares) == (100_000, 50_000, 102)
    assert found.memory_limit == 64 << 20
    assert found.unified == {}


def test_without_a_request_the_cpu_limit_counts() -> None:
    one = limited(limits={"cpu": "2"})
    assert container_resources(one, main(one), MACHINE).cpu_shares == 2048


def test_on_cgroup_v2_a_container_dies_as_a_whole() -> None:
    one = pod()
    unified = container_resources(one, main(one), Machine(memory=1, unified=True)).unified
    assert unified == {"memory.oom.group": "1"}


@pytest.mark.parametrize(
    ("resources", "score"),
    [
        ({}, 1000),
        ({"requests": {"cpu": "1"}}, 999),
        ({"requests": {"memory": "1Gi"}}, 750),
        ({"requests": {"memory": "4Gi"}}, 3),
        (
            {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1", "memory": "1Gi"}},
            -997,
        ),
    ],
)
def test_whoever_asks_for_less_is_killed_first(resources: dict, score: int) -> None:
    one = limited(**resources)
    assert oom_score(one, main(one), MACHINE) == score


def test_critical_pods_are_killed_last() -> None:
    one = pod(priority=2_000_001_000)
    assert oom_score(one, main(one), MACHINE) == -997


def test_a_sidecar_is_not_killed_before_those_it_serves() -> None:
    sidecar = {"name": "proxy", "restartPolicy": "Always"}
    one = pod({"resources": {"requests": {"memory": "1Gi"}}}, initContainers=[sidecar])
    assert oom_score(one, sidecar, MACHINE) == 750


def test_a_pod_is_bounded_only_where_all_its_containers_are() -> None:
    bound = {"name": "a", "resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}
    loose = {"name": "b", "resources": {"requests": {"cpu": "500m"}, "limits": {"memory": "1Gi"}}}
    one = pod()
    one["spec"]["containers"] = [bound, loose]
    found = pod_resources(one)
    assert found.memory_limit == 2 << 30
    assert found.cpu_quota == 0
    assert found.cpu_shares == 512


def test_pod_level_limits_and_overhead_count() -> None:
    one = pod(resources={"limits": {"cpu": "1"}}, overhead={"cpu": "500m"})
    assert pod_resources(one).cpu_quota == 150_000
    assert container_resources(one, main(one), MACHINE).cpu_quota == 100_000
