"""The screen of ``onggi status``, made from what was seen. Pure: no clock, no files.

``render(seen, now)`` is the whole of it; each part is a function that yields its lines.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from onggi.api import quantity
from onggi.api.durations import human
from onggi.api.objects import View, get
from onggi.cli.table import lines
from onggi.config import Config
from onggi.instance import Instance
from onggi.kinds.cells import ingress_points, shortened
from onggi.kinds.core.pod import columns, resources
from onggi.kinds.core.pod.predicates import is_finished
from onggi.kinds.core.service.columns import cluster_ip, external_ip, ports

ROWS = 12  # of any list: the rest is counted, and kubectl shows it
WIDTH = 96  # of a message
WELL = {"Running", "Completed", "Succeeded"}


@dataclass(frozen=True)
class Component:
    """A program; ``began`` in seconds since the epoch, ``memory`` in bytes. ``pid`` 0: several."""

    name: str
    pid: int = 0
    began: float = 0.0
    memory: int = 0
    lives: bool = True
    restarted: bool = False

    @property
    def state(self) -> str:
        return "not running" if not self.lives else "restarted" if self.restarted else "running"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One look at an instance. ``trouble``: why the API did not answer; ``disk`` in bytes."""

    config: Config
    instance: Instance
    components: Sequence[Component] = ()
    kubernetes: str = ""
    lists: Mapping[str, Sequence[View]] = field(default_factory=dict)
    trouble: str = ""
    disk: int = 0

    @property
    def well(self) -> bool:
        return not self.trouble and all(c.lives for c in self.components)


def render(seen: Seen, now: datetime) -> str:
    screen = [*head(seen, now), "", *component_table(seen.components, now)]
    if seen.trouble:
        return "\n".join([*screen, "", f"The API does not answer: {seen.trouble}"])
    for part in (nodes(seen), pods(seen, now), services(seen, now), ingresses(seen)):
        block = list(part)
        screen += ["", *block] if block else []
    return "\n".join(screen)


def head(seen: Seen, now: datetime) -> Iterator[str]:
    config, instance = seen.config, seen.instance
    since = datetime.fromtimestamp(instance.started, UTC)
    serves = f", Kubernetes {seen.kubernetes}" if seen.kubernetes else ""
    yield f"Onggi {instance.version}{serves}, up {human(now - since)} (since {since:%F %T} UTC)"
    yield f"  API         {instance.server}"
    yield f"  kubeconfig  {config.kubeconfig}"
    yield f"  data        {config.data}" + (f" ({size(seen.disk)})" if seen.disk else "")


def component_table(components: Sequence[Component], now: datetime) -> Iterator[str]:
    rows = [("COMPONENT", "STATE", "PID", "UP", "MEMORY")]
    for c in components:
        up = human(now - datetime.fromtimestamp(c.began, UTC)) if c.began else "-"
        rows.append((c.name, c.state, str(c.pid or "-"), up, size(c.memory)))
    rows.append(("in all", "", "", "", size(sum(c.memory for c in components))))
    return table(rows)


def nodes(seen: Seen) -> Iterator[str]:
    found = seen.lists.get("nodes") or ()
    if not found:
        yield "No node: pods stay Pending" + ("." if seen.config.node else " (--no-node).")
        return
    rows: list[Sequence[str]] = [("NODE", "STATE", "CPU REQUESTED", "MEMORY REQUESTED", "PODS")]
    for node in found:
        name = node["metadata"]["name"]
        mine = [p for p in seen.lists.get("pods") or () if get(p, "spec.nodeName") == name]
        rows.append(node_row(node, [pod for pod in mine if not is_finished(pod)]))
    yield from table(rows)


def node_row(node: View, pods: Sequence[View]) -> tuple[str, ...]:
    asked: resources.Resources = {}
    for pod in pods:
        resources.add(asked, resources.requests(pod))
    cpu = asked.get("cpu", resources.ZERO).milli() / 1000
    memory = asked.get("memory", resources.ZERO).value()
    has = get(node, "status.allocatable") or {}
    return (
        node["metadata"]["name"],
        node_state(node),
        f"{cpu:g} of {quantity.milli(has.get('cpu', 0)) / 1000:g}",
        f"{size(memory)} of {size(quantity.value(has.get('memory', 0)))}",
        f"{len(pods)} of {has.get('pods', 0)}",
    )


def node_state(node: View) -> str:
    """As kubectl's STATUS, and what presses it."""
    on = {c["type"]: c["status"] for c in get(node, "status.conditions") or ()}
    state = {"True": "Ready", "False": "NotReady"}.get(on.pop("Ready", ""), "Unknown")
    parts = [state, *sorted(kind for kind, status in on.items() if status == "True")]
    return ",".join([*parts, *(["SchedulingDisabled"] if get(node, "spec.unschedulable") else [])])


def pods(seen: Seen, now: datetime) -> Iterator[str]:
    found = seen.lists.get("pods") or ()
    phases = Counter(get(pod, "status.phase") or "Unknown" for pod in found)
    counts = ", ".join(f"{count} {phase.lower()}" for phase, count in sorted(phases.items()))
    yield f"PODS  {counts or 'none'}"
    yield from rows_of([bad_pod(pod, now) for pod in found if not is_well(pod, now)], "pods")


def is_well(pod: View, now: datetime) -> bool:
    if columns.status(pod, now) not in WELL:
        return False
    count, _, total = columns.ready(pod, now).partition("/")
    return is_finished(pod) or count == total


def bad_pod(pod: View, now: datetime) -> tuple[str, ...]:
    meta = pod["metadata"]
    state, why = columns.status(pod, now), reason(pod)
    if state == "Running":
        state = f"ready {columns.ready(pod, now)}"
    return f"{meta.get('namespace', '')}/{meta['name']}", state, why[:WIDTH]


def reason(pod: View) -> str:
    """The first message that anything about the pod carries."""
    states = [
        *(get(pod, "status.initContainerStatuses") or ()),
        *(get(pod, "status.containerStatuses") or ()),
    ]
    told = [get(state, "state.waiting.message") for state in states]
    told += [get(state, "state.terminated.message") for state in states]
    told += [
        condition.get("message")
        for condition in get(pod, "status.conditions") or ()
        if condition.get("status") == "False"
    ]
    return next((text for text in [get(pod, "status.message"), *told] if text), "")


def services(seen: Seen, now: datetime) -> Iterator[str]:
    rows = [
        (
            f"{s['metadata']['namespace']}/{s['metadata']['name']}",
            get(s, "spec.type") or "",
            cluster_ip(s, now),
            external_ip(s, now),
            ports(s, now),
        )
        for s in seen.lists.get("services") or ()
    ]
    if rows:
        yield from rows_of(
            [("SERVICE", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORTS"), *rows], "svc"
        )


def ingresses(seen: Seen) -> Iterator[str]:
    rows = [
        (
            f"{i['metadata']['namespace']}/{i['metadata']['name']}",
            shortened([rule.get("host") or "*" for rule in get(i, "spec.rules") or ()], empty="*"),
            ",".join(ingress_points(i)) or "-",
            doors(seen.config),
        )
        for i in seen.lists.get("ingresses") or ()
    ]
    if rows:
        yield from rows_of([("INGRESS", "HOSTS", "ADDRESS", "PORTS"), *rows], "ingress")


def doors(config: Config) -> str:
    """The ports on which Envoy listens."""
    open_ports = [str(port) for port in (config.http_port, config.https_port) if port]
    return ",".join(open_ports) if config.node and open_ports else "-"


def rows_of(rows: Sequence[tuple[str, ...]], resource: str) -> Iterator[str]:
    yield from table(rows[:ROWS])
    if len(rows) > ROWS:
        yield f"  … {len(rows) - ROWS} more: onggi kubectl get {resource} -A"


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    return lines(rows, indent="  ")


def size(count: int) -> str:
    """Bytes in the units of Kubernetes: ``113 Mi``, ``1.5 Gi``."""
    return f"{count / 2**30:.1f} Gi" if count >= 2**30 else f"{count / 2**20:.0f} Mi"
