from datetime import timedelta

from onggi.node.runtime import Stats
from onggi.node.stats import NodeUse, Sample, rates, resource_metrics, summary
from tests.world import NOW

NODE = NodeUse(
    name="n1",
    at=NOW,
    booted=NOW - timedelta(days=1),
    cpu_ns=5_000_000_000,
    memory_total=100,
    memory_available=60,
    memory_rss=30,
    disk_capacity=1000,
    disk_available=400,
)


def stats(container: str, cpu: int = 1_500_000_000, memory: int = 7) -> Stats:
    labels = {
        "io.kubernetes.pod.uid": "u1",
        "io.kubernetes.pod.name": "web",
        "io.kubernetes.pod.namespace": "shop",
        "io.kubernetes.container.name": container,
    }
    return Stats(
        container_id=f"c-{container}",
        name=container,
        labels=labels,
        at=NOW,
        cpu_ns=cpu,
        memory_working_set=memory,
    )


POD = 'namespace="shop",pod="web"'
SAMPLE = Sample(node=NODE, containers=[stats("a"), stats("b")], nano_cores={"c-a": 250})


def test_a_pod_is_the_sum_of_its_containers() -> None:
    started = {"u1": {"status": {"startTime": "2026-01-01T00:00:00Z"}}}
    found = summary(SAMPLE, started)
    (pod,) = found["pods"]
    assert pod["podRef"] == {"name": "web", "namespace": "shop", "uid": "u1"}
    assert pod["startTime"] == "2026-01-01T00:00:00Z"
    assert pod["cpu"]["usageCoreNanoSeconds"] == 3_000_000_000
    assert pod["memory"]["workingSetBytes"] == 14
    assert [c["name"] for c in pod["containers"]] == ["a", "b"]
    assert pod["containers"][0]["cpu"]["usageNanoCores"] == 250
    assert "usageNanoCores" not in pod["containers"][1]["cpu"]
    assert found["node"]["memory"]["workingSetBytes"] == 40


def test_a_rate_is_what_was_used_since_the_sample_before() -> None:
    before = {"c-a": (NOW - timedelta(seconds=2), 500_000_000), "c-x": (NOW, 0)}
    assert rates(before, [stats("a"), stats("b")]) == {"c-a": 500_000_000}
    assert rates({"c-a": (NOW, 0)}, [stats("a")]) == {}


def test_the_exposition_has_every_figure_with_its_moment() -> None:
    text = resource_metrics(SAMPLE)
    moment = int(NOW.timestamp() * 1000)
    for line in (
        f'container_cpu_usage_seconds_total{{container="a",{POD}}} 1.5 {moment}',
        f"pod_memory_working_set_bytes{{{POD}}} 14 {moment}",
        f"node_cpu_usage_seconds_total 5 {moment}",
        f"node_memory_working_set_bytes 40 {moment}",
        "resource_scrape_error 0",
        "# TYPE container_cpu_usage_seconds_total counter",
    ):
        assert line in text.splitlines()
