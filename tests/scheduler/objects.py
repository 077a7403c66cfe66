"""Small pods and nodes for the scheduler's tests."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from onggi.api.objects import Object
from onggi.scheduler.facts import PodFacts
from onggi.scheduler.state import State

serial = count(1)


def node(name: str, cpu: str = "4", memory: str = "8Gi", pods: str = "110", **more: Any) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {"kubernetes.io/hostname": name, **more.get("labels", {})},
        },
        "spec": more.get("spec", {}),
        "status": {
            "allocatable": {"cpu": cpu, "memory": memory, "pods": pods},
            "images": more.get("images", []),
        },
    }


def pod(name: str = "", cpu: str = "", memory: str = "", **spec: Any) -> Object:
    """``labels``, ``meta`` and ``status`` go where they belong; the rest is spec."""
    name = name or f"p{next(serial)}"
    requests = {k: v for k, v in (("cpu", cpu), ("memory", memory)) if v}
    meta = {"namespace": "default", "name": name, "uid": f"uid-{name}", "generation": 1}
    meta |= {"labels": spec.pop("labels", {})} | spec.pop("meta", {})
    container = {"name": "c", "image": "busybox", "resources": {"requests": requests}}
    status = spec.pop("status", {"phase": "Pending"})
    body = {"containers": [container], "schedulerName": "default-scheduler", **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": body, "status": status}


def facts(*args: Any, **spec: Any) -> PodFacts:
    return PodFacts(pod(*args, **spec))


def state(*nodes: Object, placed: Mapping[str, list[PodFacts]] | None = None) -> State:
    made = State()
    for each in nodes:
        made.set_node(each)
    for name, pods in (placed or {}).items():
        for each in pods:
            made.add_pod(each, name)
    return made
