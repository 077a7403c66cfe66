"""The cluster as the scheduler believes it to be: what the watch showed plus what was decided.

A decision is *assumed* at once, so that the next pod sees the room as taken while the
binding is still on its way; the watch confirms it, or ``forget`` takes it back. Pure:
changes come in by calls, nothing is asked of anybody.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from onggi.api.objects import View
from onggi.scheduler.facts import NodeFacts, PodFacts


class State:
    """Nodes by name, with the pods on them; which pods are assumed."""

    def __init__(self) -> None:
        self.nodes: dict[str, NodeFacts] = {}  # those that exist as objects, by name
        self.bare: dict[str, NodeFacts] = {}  # those of which only pods are known
        self.where: dict[str, NodeFacts] = {}  # pod uid → its node
        self.homes: defaultdict[str, Counter[str]] = defaultdict(Counter)  # owner → by node
        self.assumed: set[str] = set()
        self.repellers: dict[str, PodFacts] = {}  # placed pods with required anti-affinity
        self.attached: dict[str, PodFacts] = {}  # placed pods with any pod affinity
        self.nominated: dict[str, tuple[PodFacts, str]] = {}  # uid → (pod, node cleared for it)
        self.image_nodes: dict[str, int] = {}  # image name → on how many nodes it is
        self.namespaces: dict[str, Mapping[str, str]] = {}  # name → labels
        self._list: list[NodeFacts] | None = None

    @property
    def listed(self) -> Sequence[NodeFacts]:
        """The nodes in a steady order."""
        if self._list is None:
            self._list = list(self.nodes.values())
        return self._list

    def set_node(self, node: View) -> None:
        name = node["metadata"]["name"]
        facts = self.nodes.get(name) or self.bare.pop(name, None) or NodeFacts(name)
        self._count_images(facts, -1)
        facts.describe(node)
        self._count_images(facts, +1)
        self.nodes[name] = facts
        self._list = None

    def remove_node(self, name: str) -> None:
        """Its pods stay known: they are still there until somebody deletes them."""
        facts = self.nodes.pop(name, None)
        if facts is None:
            return
        self._count_images(facts, -1)
        facts.images, facts.node = {}, None
        self._list = None
        if facts.pods:
            self.bare[name] = facts

    def add_pod(self, pod: PodFacts, node_name: str) -> None:
        """A pod that has this node, as the watch says; replaces what was known or assumed."""
        self._place(pod, node_name)

    def assume(self, pod: PodFacts, node_name: str) -> None:
        self._place(pod, node_name)
        self.assumed.add(pod.uid)

    def forget(self, uid: str) -> bool:
        """The binding failed. False if the pod has been confirmed meanwhile."""
        if uid not in self.assumed:
            return False
        self.remove_pod(uid)
        return True

    def remove_pod(self, uid: str) -> bool:
        """True if the pod had held room."""
        self.assumed.discard(uid)
        node = self.where.pop(uid, None)
        if node is None:
            return False
        pod = node.remove(uid)
        if pod:
            self._moved_out(pod, node.name)
        self.repellers.pop(uid, None)
        self.attached.pop(uid, None)
        if not node.pods:
            self.bare.pop(node.name, None)
        return True

    def rivals(self, pod: PodFacts) -> Mapping[str, Sequence[PodFacts]]:
        """Pods that room is being cleared for, by node, and that come before ``pod``."""
        found: dict[str, list[PodFacts]] = {}
        for other, name in self.nominated.values():
            if other.uid != pod.uid and other.priority >= pod.priority:
                found.setdefault(name, []).append(other)
        return found

    @contextmanager
    def imagine(self, *, there: Sequence[PodFacts], at: str) -> Iterator[None]:
        """Inside, these pods are on the node too."""
        for pod in there:
            self._place(pod, at)
        try:
            yield
        finally:
            for pod in there:
                self.remove_pod(pod.uid)

    def _place(self, pod: PodFacts, node_name: str) -> None:
        self.remove_pod(pod.uid)
        node = self.nodes.get(node_name)
        if node is None:
            node = self.bare.setdefault(node_name, NodeFacts(node_name))
        node.add(pod)
        self.where[pod.uid] = node
        if pod.owner:
            self.homes[pod.owner][node_name] += 1
        if pod.attached:
            self.attached[pod.uid] = pod
            if pod.repelling:
                self.repellers[pod.uid] = pod

    def _moved_out(self, pod: PodFacts, node_name: str) -> None:
        if homes := self.homes.get(pod.owner):
            homes[node_name] -= 1
            if not homes[node_name]:
                del homes[node_name]
            if not homes:
                del self.homes[pod.owner]

    def _count_images(self, facts: NodeFacts, by: int) -> None:
        for name in facts.images:
            self.image_nodes[name] = self.image_nodes.get(name, 0) + by
            if not self.image_nodes[name]:
                del self.image_nodes[name]
