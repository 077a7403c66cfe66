"""On which nodes a DaemonSet's pods belong, and how one is made for a node.

Source: ``NodeShouldRunDaemonPod`` in ``pkg/controller/daemon/daemon_controller.go``,
``pkg/controller/daemon/util/daemonset_util.go``.
"""

from collections.abc import Sequence
from typing import NamedTuple

from onggi.api.objects import Object, View, get
from onggi.kinds.apps.daemonset.kind import template_generation
from onggi.kinds.apps.pods import new_pod
from onggi.kinds.core.node import selection
from onggi.kinds.core.pod.tolerations import tolerates

HASH, GENERATION = "controller-revision-hash", "pod-template-generation"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFIX = "node.kubernetes.io/"
TROUBLES = (
    ("not-ready", "NoExecute"),
    ("unreachable", "NoExecute"),
    ("disk-pressure", "NoSchedule"),
    ("memory-pressure", "NoSchedule"),
    ("pid-pressure", "NoSchedule"),
    ("unschedulable", "NoSchedule"),
)


class Place(NamedTuple):
    """A node's word: may a pod begin there, and may one that is there go on?"""

    starts: bool
    goes_on: bool


def place(ds: View, node: View, tolerations: Sequence[View]) -> Place:
    """``tolerations`` are those of the DaemonSet's pods (``tolerations_of``)."""
    spec, name = ds["spec"]["template"].get("spec") or {}, node["metadata"]["name"]
    if spec.get("nodeName") not in (None, "", name) or not selected(spec, node):
        return Place(starts=False, goes_on=False)
    against = [
        taint.get("effect")
        for taint in get(node, "spec.taints") or ()
        if taint.get("effect") in ("NoSchedule", "NoExecute")
        and not any(tolerates(toleration, taint) for toleration in tolerations)
    ]
    return Place(starts=not against, goes_on="NoExecute" not in against)


def selected(spec: View, node: View) -> bool:
    labels = get(node, "metadata.labels") or {}
    if not (spec.get("nodeSelector") or {}).items() <= labels.items():
        return False
    required = get(spec, f"affinity.nodeAffinity.{REQUIRED}")
    return required is None or selection.fits(required, node["metadata"]["name"], labels)


def tolerations_of(ds: View) -> list[Object]:
    """Its own, and those for the troubles of nodes: a daemon stays."""
    spec = ds["spec"]["template"].get("spec") or {}
    troubles = [*TROUBLES, *([("network-unavailable", "NoSchedule")] if hosted(spec) else [])]
    added = [
        {"key": f"{PREFIX}{key}", "operator": "Exists", "effect": effect}
        for key, effect in troubles
    ]
    own = [dict(toleration) for toleration in spec.get("tolerations") or ()]
    return own + [toleration for toleration in added if toleration not in own]


def hosted(spec: View) -> bool:
    return bool(spec.get("hostNetwork"))


def daemon(ds: View, node: str, digest: str) -> Object:
    """The pod for a node: the scheduler may put it there and nowhere else."""
    pod = new_pod(ds, ds["spec"]["template"])
    labels = {GENERATION: str(template_generation(ds)), HASH: digest}
    pod["metadata"]["labels"] = (pod["metadata"].get("labels") or {}) | labels
    spec = pod["spec"]
    spec["tolerations"] = tolerations_of(ds)
    field = {"key": "metadata.name", "operator": "In", "values": [node]}
    affinity = dict(spec.get("affinity") or {})
    wanted = dict(affinity.get("nodeAffinity") or {})
    wanted[REQUIRED] = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    spec["affinity"] = affinity | {"nodeAffinity": wanted}
    return pod


def node_of(pod: View) -> str:
    """Where the pod is, or is to be."""
    if name := get(pod, "spec.nodeName"):
        return str(name)
    required = get(pod, f"spec.affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms") or ()
    for term in required:
        for field in term.get("matchFields") or ():
            if field.get("key") == "metadata.name" and field.get("operator") == "In":
                return str(next(iter(field.get("values") or ()), ""))
    return ""


def is_updated(pod: View, ds: View, digest: str) -> bool:
    labels = get(pod, "metadata.labels") or {}
    return labels.get(HASH) == digest or (
        bool(labels.get(GENERATION)) and labels[GENERATION] == str(template_generation(ds))
    )
