"""What a change in the cluster means to the scheduler. Pure; ``now`` in seconds.

Keeps the state of nodes and the queue of pods true, and wakes the pods that a change may
cure. Only what matters counts as news: not a heartbeat, not a status of a placed pod.
"""

from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.node import NODE
from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.predicates import is_finished, is_scheduled, is_terminating
from onggi.scheduler import waiting
from onggi.scheduler.facts import NodeFacts, PodFacts
from onggi.scheduler.state import State
from onggi.scheduler.waiting import Waiting


class News:
    """``name`` is the schedulerName of the pods to place."""

    def __init__(self, name: str) -> None:
        self.state = State()
        self.waiting = Waiting()
        self._name = name
        self._handlers = {POD: self._pod, NODE: self._node, NAMESPACE: self._namespace}

    def take(self, kind: Kind, before: View | None, after: View | None, now: float) -> bool:
        """True if a pod may be worth a try now."""
        handler = self._handlers.get(kind)
        return handler(before, after, now) if handler else False

    def _pod(self, before: View | None, after: View | None, now: float) -> bool:
        woken = False
        if before and (after is None or after["metadata"]["uid"] != before["metadata"]["uid"]):
            woken = self._gone(before, now)
        if after is None:
            return woken
        if is_finished(after):
            return self._gone(after, now) or woken
        if is_scheduled(after):
            return self._placed(before, PodFacts(after), now) or woken
        return self._wants(PodFacts(after), now) or woken

    def _gone(self, pod: View, now: float) -> bool:
        uid = pod["metadata"]["uid"]
        self.waiting.drop(uid)
        cleared = self.state.nominated.pop(uid, None)
        if not self.state.remove_pod(uid) and not cleared:
            return False
        return self.waiting.happened(waiting.ROOM, now)

    def _placed(self, before: View | None, pod: PodFacts, now: float) -> bool:
        self.waiting.drop(pod.uid)
        self.state.nominated.pop(pod.uid, None)
        known = before is not None and labels(before) == pod.labels
        fresh = pod.uid not in self.state.where or not known
        self.state.add_pod(pod, pod.spec["nodeName"])
        return fresh and self.waiting.happened(waiting.COMPANY, now)

    def _wants(self, pod: PodFacts, now: float) -> bool:
        if pod.uid in self.state.assumed:
            return False
        mine = (pod.spec.get("schedulerName") or self._name) == self._name
        if not mine or is_terminating(pod.pod) or pod.spec.get("schedulingGates"):
            self.waiting.drop(pod.uid)
            return False
        nominated = (pod.pod.get("status") or {}).get("nominatedNodeName")
        if nominated:
            self.state.nominated[pod.uid] = (pod, nominated)
        return self.waiting.put(pod, now)

    def _node(self, before: View | None, after: View | None, now: float) -> bool:
        if after is None:
            if before:
                self.state.remove_node(before["metadata"]["name"])
            return False
        name = after["metadata"]["name"]
        was = traits(self.state.nodes.get(name))
        self.state.set_node(after)
        return was != traits(self.state.nodes[name]) and self.waiting.happened(waiting.NODE, now)

    def _namespace(self, before: View | None, after: View | None, now: float) -> bool:
        known = self.state.namespaces
        if after is None:
            known.pop(before["metadata"]["name"] if before else "", None)
            return False
        name, was = after["metadata"]["name"], before and labels(before)
        known[name] = labels(after)
        return was != known[name] and self.waiting.happened(waiting.SELECTION, now)


def labels(obj: View) -> View:
    return obj["metadata"].get("labels") or {}


def traits(node: NodeFacts | None) -> tuple[object, ...]:
    """What of a node matters to pods that wait; not its heartbeats."""
    if node is None:
        return ()
    return node.allocatable, node.labels, node.taints, node.unschedulable
