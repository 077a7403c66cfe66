"""Filters that look at the node alone: cordoned, named, tainted, selected. Pure."""

from collections.abc import Sequence

from onggi.api.objects import get
from onggi.scheduler.affinity import selects_node, tolerates
from onggi.scheduler.facts import NodeFacts, PodFacts
from onggi.scheduler.filters.filter import Reason
from onggi.scheduler.state import State

CORDONED = (Reason("node(s) were unschedulable", hopeless=True),)
CORDON_TAINT = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
OTHER_NAME = (Reason("node(s) didn't match the requested node name", hopeless=True),)
TAINTED = (Reason("node(s) had untolerated taint(s)", hopeless=True),)
NOT_SELECTED = (Reason("node(s) didn't match Pod's node affinity/selector", hopeless=True),)
REPELLING_EFFECTS = ("NoSchedule", "NoExecute")


def schedulable(pod: PodFacts, node: NodeFacts, _: None) -> Sequence[Reason]:
    if node.unschedulable and not tolerates(pod.tolerations, CORDON_TAINT):
        return CORDONED
    return ()


def named(pod: PodFacts, node: NodeFacts, _: None) -> Sequence[Reason]:
    return () if pod.spec["nodeName"] == node.name else OTHER_NAME


def has_name(pod: PodFacts, _: State) -> bool:
    return bool(pod.spec.get("nodeName"))


def tolerated(pod: PodFacts, node: NodeFacts, _: None) -> Sequence[Reason]:
    for taint in node.taints:
        if taint.get("effect") in REPELLING_EFFECTS and not tolerates(pod.tolerations, taint):
            return TAINTED
    return ()


def selected(pod: PodFacts, node: NodeFacts, _: None) -> Sequence[Reason]:
    return () if selects_node(pod, node) else NOT_SELECTED


def is_choosy(pod: PodFacts, _: State) -> bool:
    return bool(pod.spec.get("nodeSelector") or get(pod.spec, "affinity.nodeAffinity"))
