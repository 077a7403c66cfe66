"""How many of a budget's pods should be healthy, and how many are.

Source: ``pkg/controller/disruption/disruption.go`` (getExpectedPodCount, countHealthyPods).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from onggi.api.kind import Kind
from onggi.api.objects import View, get
from onggi.api.plan import World
from onggi.api.selectors import of_object
from onggi.api.times import parse
from onggi.kinds.apps.claim import controller_of
from onggi.kinds.apps.deployment import DEPLOYMENT
from onggi.kinds.apps.replicaset import REPLICASET
from onggi.kinds.apps.share import scaled as scaled_up
from onggi.kinds.apps.statefulset import STATEFULSET
from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.predicates import is_ready, is_terminating
from onggi.kinds.core.replicationcontroller import REPLICATIONCONTROLLER

SCALED = (REPLICATIONCONTROLLER, REPLICASET, DEPLOYMENT, STATEFULSET)
PATIENCE = timedelta(minutes=2)  # within which a pod that is said to be evicted must be deleted


class Uncertain(Exception):
    """Why nobody can tell how many pods there should be."""


class Expected(NamedTuple):
    """``unmanaged`` pods belong to nobody who says how many there should be."""

    pods: int
    healthy: int
    unmanaged: Sequence[str] = ()


def selects(pdb: View, pod: View) -> bool:
    """An empty selector selects all pods, a missing one none."""
    selector = get(pdb, "spec.selector")
    return selector is not None and of_object(selector).matches(get(pod, "metadata.labels"))


def pods_of(pdb: View, world: World) -> list[View]:
    labels = get(pdb, "spec.selector.matchLabels") or {}
    found = world.select(POD, pdb["metadata"]["namespace"], labels)
    return [pod for pod in found if selects(pdb, pod)]


def expected(pdb: View, pods: Sequence[View], world: World) -> Expected:
    """Raises Uncertain."""
    least, most = get(pdb, "spec.minAvailable"), get(pdb, "spec.maxUnavailable")
    if most is not None:
        total, unmanaged = scale_of(pods, world)
        return Expected(total, max(total - scaled_up(most, total), 0), unmanaged)
    if isinstance(least, str):
        total, unmanaged = scale_of(pods, world)
        return Expected(total, scaled_up(least, total), unmanaged)
    return Expected(len(pods), least) if least is not None else Expected(0, 0)


def scale_of(pods: Sequence[View], world: World) -> tuple[int, list[str]]:
    """How many pods their controllers want, together."""
    wanted: dict[str, int] = {}
    unmanaged = []
    for pod in pods:
        reference = controller_of(pod)
        if reference is None:
            unmanaged.append(pod["metadata"]["name"])
            continue
        owner = scaled(reference, pod["metadata"]["namespace"], world)
        if owner is None:
            raise Uncertain(f'found no controllers for pod "{pod["metadata"]["name"]}"')
        wanted[owner["metadata"]["uid"]] = get(owner, "spec.replicas") or 0
    return sum(wanted.values()), unmanaged


def scaled(reference: View, namespace: str, world: World) -> View | None:
    """Who decides how many there are: a ReplicaSet's Deployment, if it has one."""
    kind = world.kind(reference["apiVersion"], reference["kind"])
    if kind is not None and kind.scale is None:
        raise Uncertain(f"{kind.resource} does not implement the scale subresource")
    owner = found(kind, reference, namespace, world)
    above = controller_of(owner) if owner is not None and kind is REPLICASET else None
    if above is not None and above["kind"] == DEPLOYMENT.name:
        return found(DEPLOYMENT, above, namespace, world)
    return owner


def found(kind: Kind | None, reference: View, namespace: str, world: World) -> View | None:
    owner = world.get(kind, namespace, reference["name"]) if kind in SCALED and kind else None
    return owner if owner is not None and owner["metadata"]["uid"] == reference["uid"] else None


def disrupted(pdb: View, pods: Sequence[View], now: datetime) -> dict[str, str]:
    """Pods whose eviction was granted and that are not seen to go yet."""
    known: Mapping[str, str] = get(pdb, "status.disruptedPods") or {}
    return {
        name: known[name]
        for pod in pods
        if (name := pod["metadata"]["name"]) in known
        and not is_terminating(pod)
        and parse(known[name]) + PATIENCE >= now
    }


def overdue(pdb: View, pods: Sequence[View], now: datetime) -> list[View]:
    """Pods whose eviction was granted, and nothing came of it."""
    known: Mapping[str, str] = get(pdb, "status.disruptedPods") or {}
    waits = disrupted(pdb, pods, now)
    names = {name for name in known if name not in waits}
    return [pod for pod in pods if pod["metadata"]["name"] in names and not is_terminating(pod)]


def healthy(pods: Sequence[View], going: Mapping[str, str]) -> int:
    return sum(
        is_ready(pod) and not is_terminating(pod) and pod["metadata"]["name"] not in going
        for pod in pods
    )
