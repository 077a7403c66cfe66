"""What pods and the node use, as the two documents that metrics collectors read. Pure.

``/stats/summary`` (``k8s.io/kubelet/pkg/apis/stats/v1alpha1``) and ``/metrics/resource``
(``pkg/kubelet/metrics/collectors/resource_metrics.go``).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from onggi.api.objects import Object, View
from onggi.api.times import stamp
from onggi.node.identity import CONTAINER_NAME, POD_NAME, POD_NAMESPACE, POD_UID
from onggi.node.runtime import Stats


@dataclass(frozen=True, kw_only=True)
class NodeUse:
    """The whole machine. ``cpu_ns`` counts since boot; sizes are bytes."""

    name: str
    at: datetime
    booted: datetime
    cpu_ns: int
    memory_total: int
    memory_available: int
    memory_rss: int
    disk_capacity: int
    disk_available: int

    @property
    def working_set(self) -> int:
        return self.memory_total - self.memory_available


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Every container at one moment, and their CPU rates since the sample before."""

    node: NodeUse
    containers: Sequence[Stats]
    nano_cores: Mapping[str, int]  # by container id; the node's under ""


def rates(before: Mapping[str, tuple[datetime, int]], now: Iterable[Stats]) -> dict[str, int]:
    """Nano-cores by container, for those that were there before."""
    found = {}
    for stats in now:
        if stats.container_id in before:
            then, cpu = before[stats.container_id]
            seconds = (stats.at - then).total_seconds()
            if seconds > 0:
                found[stats.container_id] = max(0, int((stats.cpu_ns - cpu) / seconds))
    return found


def by_pod(containers: Iterable[Stats]) -> dict[str, list[Stats]]:
    pods: dict[str, list[Stats]] = defaultdict(list)
    for stats in containers:
        if stats.labels.get(CONTAINER_NAME):
            pods[stats.labels.get(POD_UID, "")].append(stats)
    return pods


def summary(sample: Sample, pods: Mapping[str, View]) -> Object:
    """``pods`` by uid gives start times."""
    node = sample.node
    return {
        "node": {
            "nodeName": node.name,
            "startTime": stamp(node.booted),
            "cpu": cpu(node.at, node.cpu_ns, sample.nano_cores.get("")),
            "memory": {
                "time": stamp(node.at),
                "availableBytes": node.memory_available,
                "usageBytes": node.working_set,
                "workingSetBytes": node.working_set,
                "rssBytes": node.memory_rss,
            },
            "fs": {
                "time": stamp(node.at),
                "availableBytes": node.disk_available,
                "capacityBytes": node.disk_capacity,
                "usedBytes": node.disk_capacity - node.disk_available,
            },
        },
        "pods": [
            pod_summary(uid, found, sample, pods)
            for uid, found in by_pod(sample.containers).items()
        ],
    }


def pod_summary(
    uid: str, containers: Sequence[Stats], sample: Sample, pods: Mapping[str, View]
) -> Object:
    labels, at = containers[0].labels, max(c.at for c in containers)
    started = (pods.get(uid) or {}).get("status", {}).get("startTime")
    known = [sample.nano_cores.get(c.container_id) for c in containers]
    total = sum(k for k in known if k is not None) if any(k is not None for k in known) else None
    return {
        "podRef": {
            "name": labels.get(POD_NAME),
            "namespace": labels.get(POD_NAMESPACE),
            "uid": uid,
        },
        "startTime": started,
        "containers": [container_summary(c, sample, started) for c in containers],
        "cpu": cpu(at, sum(c.cpu_ns for c in containers), total),
        "memory": {
            "time": stamp(at),
            "usageBytes": sum(c.memory_usage for c in containers),
            "workingSetBytes": sum(c.memory_working_set for c in containers),
            "rssBytes": sum(c.memory_rss for c in containers),
        },
    }


def container_summary(stats: Stats, sample: Sample, started: str | None) -> Object:
    found: Object = {
        "name": stats.labels.get(CONTAINER_NAME),
        "startTime": started,
        "cpu": cpu(stats.at, stats.cpu_ns, sample.nano_cores.get(stats.container_id)),
        "memory": {
            "time": stamp(stats.at),
            "usageBytes": stats.memory_usage,
            "workingSetBytes": stats.memory_working_set,
            "rssBytes": stats.memory_rss,
            "pageFaults": stats.page_faults,
            "majorPageFaults": stats.major_page_faults,
        },
    }
    if layer := stats.writable_layer:
        found["rootfs"] = {
            "time": stamp(layer.at),
            "usedBytes": layer.used_bytes,
            "inodesUsed": layer.inodes_used,
        }
    return found


def cpu(at: datetime, total: int, rate: int | None) -> Object:
    found: Object = {"time": stamp(at), "usageCoreNanoSeconds": total}
    return found if rate is None else found | {"usageNanoCores": rate}


OWNERS = ("container", "node", "pod")
HELP = {
    "cpu_usage_seconds_total": (
        "counter",
        "Cumulative cpu time consumed by the {} in core-seconds",
    ),
    "memory_working_set_bytes": ("gauge", "Current working set of the {} in bytes"),
}


def resource_metrics(sample: Sample) -> str:
    """Prometheus exposition, with the moments at which the figures were taken."""
    out = []
    for owner in OWNERS:
        for figure, (type, text) in HELP.items():
            name = f"{owner}_{figure}"
            out += [f"# HELP {name} [STABLE] {text.format(owner)}", f"# TYPE {name} {type}"]
            out += lines(name, sample)
    name, text = "resource_scrape_error", "1 if there was an error while getting metrics"
    out += [f"# HELP {name} [STABLE] {text}, 0 otherwise", f"# TYPE {name} gauge", f"{name} 0"]
    return "\n".join(out) + "\n"


def lines(name: str, sample: Sample) -> Iterator[str]:
    of, _, rest = name.partition("_")
    is_cpu = rest.startswith("cpu")
    if of == "node":
        value = sample.node.cpu_ns if is_cpu else sample.node.working_set
        yield line(name, {}, number(value, is_cpu), sample.node.at)
    elif of == "container":
        for stats in (s for s in sample.containers if s.labels.get(CONTAINER_NAME)):
            labels = {"container": stats.labels[CONTAINER_NAME], **pod_labels(stats)}
            yield line(name, labels, amount([stats], is_cpu), stats.at)
    else:
        for found in by_pod(sample.containers).values():
            yield line(name, pod_labels(found[0]), amount(found, is_cpu), found[0].at)


def amount(containers: Iterable[Stats], is_cpu: bool) -> str:
    return number(sum(c.cpu_ns if is_cpu else c.memory_working_set for c in containers), is_cpu)


def number(value: int, is_cpu: bool) -> str:
    return f"{value / 1e9:.9g}" if is_cpu else str(value)


def pod_labels(stats: Stats) -> dict[str, str]:
    return {"namespace": stats.labels.get(POD_NAMESPACE, ""), "pod": stats.labels.get(POD_NAME, "")}


def line(name: str, labels: Mapping[str, str], value: str, at: datetime) -> str:
    """Names of objects need no escaping."""
    shown = ",".join(f'{key}="{text}"' for key, text in labels.items())
    return (
        f"{name}{{{shown}}} {value} {int(at.timestamp() * 1000)}"
        if shown
        else (f"{name} {value} {int(at.timestamp() * 1000)}")
    )
