"""Scores by what a node is: its soft taints, its labels, the images it has. Pure.

Source: ``pkg/scheduler/framework/plugins/{tainttoleration,nodeaffinity,imagelocality}``.
"""

from collections.abc import Sequence

from onggi.api.objects import View, get
from onggi.scheduler.affinity import fits_term, tolerates
from onggi.scheduler.facts import NodeFacts, PodFacts
from onggi.scheduler.scores.score import BEST
from onggi.scheduler.state import State

SOFT = "PreferNoSchedule"
SMALL, LARGE = 23 << 20, 1000 << 20  # bytes below and above which images make no difference
PREFERRED = "affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution"


def intolerable(pod: PodFacts, node: NodeFacts, _: State) -> float:
    """How many soft taints the pod does not tolerate."""
    soft = [taint for taint in node.taints if taint.get("effect") == SOFT]
    return sum(1 for taint in soft if not tolerates(pod.tolerations, taint))


def preferences(pod: PodFacts) -> Sequence[View]:
    return get(pod.spec, PREFERRED) or ()


def has_preferences(pod: PodFacts, _: State) -> bool:
    return bool(preferences(pod))


def preferred(pod: PodFacts, node: NodeFacts, _: State) -> float:
    """The weights of the preferred terms that the node meets."""
    return sum(p["weight"] for p in preferences(pod) if fits_term(p["preference"], node))


def has_images(_: PodFacts, state: State) -> bool:
    return bool(state.image_nodes)


def local_images(pod: PodFacts, node: NodeFacts, state: State) -> float:
    """Bytes of the pod's images that the node has, scaled down where few nodes have them."""
    names = [
        normalized(c["image"])
        for field in ("initContainers", "containers")
        for c in pod.spec.get(field) or ()
        if c.get("image")
    ]
    total, nodes = 0, max(1, len(state.nodes))
    for name in names:
        total += node.images.get(name, 0) * state.image_nodes.get(name, 0) // nodes
    most = LARGE * max(1, len(names))
    return BEST * (min(max(total, SMALL), most) - SMALL) // (most - SMALL)


def normalized(image: str) -> str:
    """With a tag, as node statuses list images."""
    return image if ":" in image.rpartition("/")[2] else f"{image}:latest"
