"""What the scheduler knows of pods and nodes, read once from the objects. Pure.

A ``PodFacts`` is everything that filters and scores ask of a pod; it is made when the pod
is seen and kept until the pod changes. A ``NodeFacts`` is a node with the sums of what
runs there, kept up to date by adding and taking away one pod at a time, so that placing a
pod never adds up the pods of a node again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from onggi.api.objects import View, get
from onggi.kinds.core.pod.predicates import host_ports
from onggi.scheduler.requests import Amounts, amounts, pod_requests, scoring_requests

HostPort = tuple[str, str, int]  # address, protocol, port
ANY_ADDRESS = "0.0.0.0"  # noqa: S104


@dataclass(frozen=True, eq=False)
class PodFacts:
    """A pod as the scheduler sees it."""

    pod: View

    @cached_property
    def uid(self) -> str:
        return self.pod["metadata"]["uid"]

    @cached_property
    def key(self) -> tuple[str, str]:
        meta = self.pod["metadata"]
        return meta.get("namespace", ""), meta["name"]

    @cached_property
    def labels(self) -> Mapping[str, str]:
        return self.pod["metadata"].get("labels") or {}

    @property
    def namespace(self) -> str:
        return self.key[0]

    @cached_property
    def terminating(self) -> bool:
        return self.pod["metadata"].get("deletionTimestamp") is not None

    @cached_property
    def owner(self) -> str:
        """The uid of the controller that made it; empty if nobody did."""
        references = self.pod["metadata"].get("ownerReferences") or ()
        return next((r["uid"] for r in references if r.get("controller")), "")

    @cached_property
    def spec(self) -> View:
        return self.pod["spec"]

    @cached_property
    def priority(self) -> int:
        return self.spec.get("priority") or 0

    @cached_property
    def requests(self) -> Amounts:
        """Milli-units of cpu; bytes or plain numbers of anything else."""
        return pod_requests(self.spec)

    @cached_property
    def scoring(self) -> tuple[int, int]:
        """Milli-cpu and bytes of memory, where a container without a request counts a little."""
        return scoring_requests(self.spec)

    @cached_property
    def ports(self) -> frozenset[HostPort]:
        return frozenset(host_ports(self.pod))

    @cached_property
    def tolerations(self) -> Sequence[View]:
        return self.spec.get("tolerations") or ()

    def terms(self, kind: str, when: str) -> Sequence[View]:
        """``kind`` is podAffinity or podAntiAffinity; ``when`` is required or preferred."""
        return get(self.spec, f"affinity.{kind}.{when}DuringSchedulingIgnoredDuringExecution") or ()

    @cached_property
    def repelling(self) -> Sequence[View]:
        """The required anti-affinity terms, which also keep later pods away."""
        return self.terms("podAntiAffinity", "required")

    @cached_property
    def attached(self) -> bool:
        """Has pod (anti-)affinity of any kind."""
        affinity = self.spec.get("affinity") or {}
        return bool(affinity.get("podAffinity") or affinity.get("podAntiAffinity"))


@dataclass(eq=False)
class NodeFacts:
    """A node with what its pods take. ``node`` is None while only its pods are known."""

    name: str
    node: View | None = None
    pods: dict[str, PodFacts] = field(default_factory=dict)  # by uid
    used: Counter[str] = field(default_factory=Counter)
    scoring_cpu: int = 0
    scoring_memory: int = 0
    ports: Counter[HostPort] = field(default_factory=Counter)
    allocatable: Amounts = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: Sequence[View] = ()
    unschedulable: bool = False
    images: Mapping[str, int] = field(default_factory=dict)  # name → bytes

    def describe(self, node: View) -> None:
        """Take in a new version of the node object."""
        self.node = node
        status, spec = node.get("status") or {}, node.get("spec") or {}
        self.allocatable = amounts(status.get("allocatable") or status.get("capacity") or {})
        self.labels = node["metadata"].get("labels") or {}
        self.taints = spec.get("taints") or ()
        self.unschedulable = bool(spec.get("unschedulable"))
        self.images = {
            name: image.get("sizeBytes", 0)
            for image in status.get("images") or ()
            for name in image.get("names") or ()
        }

    def add(self, pod: PodFacts) -> None:
        self.pods[pod.uid] = pod
        self.used.update(pod.requests)
        self.ports.update(pod.ports)
        cpu, memory = pod.scoring
        self.scoring_cpu += cpu
        self.scoring_memory += memory

    def remove(self, uid: str) -> PodFacts | None:
        pod = self.pods.pop(uid, None)
        if pod is None:
            return None
        self.used.subtract(pod.requests)
        if pod.ports:
            self.ports -= Counter(pod.ports)
        cpu, memory = pod.scoring
        self.scoring_cpu -= cpu
        self.scoring_memory -= memory
        return pod

    def topology(self, key: str) -> str | None:
        return self.labels.get(key)
