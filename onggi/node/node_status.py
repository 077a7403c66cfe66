"""The Node object of this machine, as upstream's kubelet writes it. Pure.

Source: ``pkg/kubelet/nodestatus/setters.go``, ``kubelet_node_status.go``; the thresholds of
pressure are the kubelet's default hard evictions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from onggi.api.conditions import in_list
from onggi.api.objects import Object, View, get
from onggi.api.quantity import canonical
from onggi.api.times import stamp
from onggi.node.facts import Facts

VERSION = "v1.37.0"
MOST_PODS = 110
RESERVED_MEMORY = 100 << 20  # bytes; below it memory is under pressure
DISK_LEFT = 0.10  # of the file system
INODES_LEFT = 0.05
PIDS_LEFT = 0.0
VOLATILE = ("lastHeartbeatTime",)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What the node is told about itself. ``port`` is that of its own server, 0 if none."""

    name: str
    addresses: Sequence[str]
    pod_cidr: str = ""
    port: int = 0
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: Sequence[View] = ()


@dataclass(frozen=True, kw_only=True)
class Health:
    """``troubles`` are why the runtime cannot run pods; empty if it can."""

    runtime: str = ""  # containerd://1.6.20
    troubles: Sequence[str] = ()
    images: Sequence[View] = ()


def new_node(setting: Setting, facts: Facts, health: Health, now: datetime) -> Object:
    """What is created when the machine joins."""
    spec: Object = {"podCIDR": setting.pod_cidr, "podCIDRs": [setting.pod_cidr]}
    if setting.taints:
        spec["taints"] = [dict(taint) for taint in setting.taints]
    node: Object = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": setting.name,
            "labels": labels(setting, facts),
            "annotations": {"volumes.kubernetes.io/controller-managed-attach-detach": "true"},
        },
        "spec": {key: value for key, value in spec.items() if value and value != [""]},
    }
    return {**node, "status": node_status(node, setting, facts, health, now)}


def labels(setting: Setting, facts: Facts) -> dict[str, str]:
    return {
        "beta.kubernetes.io/arch": facts.architecture,
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": facts.architecture,
        "kubernetes.io/hostname": setting.name,
        "kubernetes.io/os": "linux",
        **setting.labels,
    }


def node_status(
    node: View, setting: Setting, facts: Facts, health: Health, now: datetime
) -> Object:
    return {
        "addresses": addresses(setting),
        "capacity": capacity(facts),
        "allocatable": allocatable(facts),
        "conditions": conditions(node, facts, health, now),
        "daemonEndpoints": {"kubeletEndpoint": {"Port": setting.port}},
        "images": [dict(image) for image in health.images],
        "nodeInfo": node_info(facts, health),
    }


def addresses(setting: Setting) -> list[Object]:
    internal = [{"type": "InternalIP", "address": ip} for ip in setting.addresses]
    return [*internal, {"type": "Hostname", "address": setting.name}]


def capacity(facts: Facts) -> dict[str, str]:
    """As the server will write it: else every look at it would find news."""
    return canonical_amounts(in_full(facts))


def canonical_amounts(amounts: Mapping[str, str]) -> dict[str, str]:
    return {name: canonical(amount) for name, amount in amounts.items()}


def in_full(facts: Facts) -> dict[str, str]:
    return {
        "cpu": str(facts.cpus),
        "ephemeral-storage": f"{facts.disk >> 10}Ki",
        "hugepages-1Gi": "0",
        "hugepages-2Mi": "0",
        "memory": f"{facts.memory >> 10}Ki",
        "pods": str(MOST_PODS),
    }


def allocatable(facts: Facts) -> dict[str, str]:
    """What is left for pods: not the part whose loss would be pressure."""
    left = {
        "ephemeral-storage": str(int(facts.disk * (1 - DISK_LEFT))),
        "memory": f"{max(facts.memory - RESERVED_MEMORY, 0) >> 10}Ki",
    }
    return canonical_amounts(in_full(facts) | left)


def node_info(facts: Facts, health: Health) -> Object:
    info: Object = {
        "architecture": facts.architecture,
        "bootID": facts.boot_id,
        "containerRuntimeVersion": health.runtime,
        "kernelVersion": facts.kernel,
        "kubeProxyVersion": "",
        "kubeletVersion": VERSION,
        "machineID": facts.machine_id,
        "operatingSystem": "linux",
        "osImage": facts.os_image,
        "systemUUID": facts.system_uuid or facts.machine_id,
    }
    return info | ({"swap": {"capacity": facts.swap}} if facts.swap else {})


@dataclass(frozen=True)
class Pressure:
    type: str
    bad: tuple[str, str]  # reason, message
    good: tuple[str, str]


MEMORY = Pressure(
    "MemoryPressure",
    ("KubeletHasInsufficientMemory", "kubelet has insufficient memory available"),
    ("KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
)
DISK = Pressure(
    "DiskPressure",
    ("KubeletHasDiskPressure", "kubelet has disk pressure"),
    ("KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
)
PIDS = Pressure(
    "PIDPressure",
    ("KubeletHasInsufficientPID", "kubelet has insufficient PID available"),
    ("KubeletHasSufficientPID", "kubelet has sufficient PID available"),
)


def conditions(node: View, facts: Facts, health: Health, now: datetime) -> list[Object]:
    disk = facts.disk_available < facts.disk * DISK_LEFT or facts.inodes_free < INODES_LEFT
    found = [
        pressure(MEMORY, facts.memory_available < RESERVED_MEMORY),
        pressure(DISK, disk),
        pressure(PIDS, facts.pids_free <= facts.pids * PIDS_LEFT),
        ready(health),
    ]
    return [dated(node, condition, now) for condition in found]


def pressure(kind: Pressure, present: bool) -> Object:
    reason, message = kind.bad if present else kind.good
    return {"type": kind.type, "status": str(present), "reason": reason, "message": message}


def ready(health: Health) -> Object:
    if not health.troubles:
        message = "kubelet is posting ready status"
        return {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": message}
    text = ", ".join(health.troubles)
    message = f"[{text}]" if len(health.troubles) > 1 else text
    return {"type": "Ready", "status": "False", "reason": "KubeletNotReady", "message": message}


def dated(node: View, condition: Object, now: datetime) -> Object:
    old = in_list(get(node, "status.conditions") or (), condition["type"])
    same = old is not None and old.get("status") == condition["status"]
    since = old.get("lastTransitionTime") if old and same else None
    times = {"lastHeartbeatTime": stamp(now), "lastTransitionTime": since or stamp(now)}
    return {**condition, **times}


def is_news(old: View, new: View) -> bool:
    """Does the status say anything that the API does not know, but for the time?"""
    return any(lasting(old.get(key)) != lasting(value) for key, value in new.items())


def lasting(value: Any) -> Any:
    """Without what always changes, and without what a server may leave out."""
    if isinstance(value, Mapping):
        kept = {key: lasting(item) for key, item in value.items() if key not in VOLATILE}
        return {key: item for key, item in kept.items() if item} or None
    if isinstance(value, list | tuple):
        return sorted((lasting(item) for item in value), key=str) or None
    return value or None
