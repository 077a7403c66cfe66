"""One pass over a Deployment: what it found, and the actions it can take.

Source: ``pkg/controller/deployment/sync.go``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from onggi.api.conditions import in_list
from onggi.api.errors import AlreadyExists, StatusError
from onggi.api.objects import Object, View, clone, get, is_going, owner_reference
from onggi.api.plan import Action, Create, Delete, Emit, Patch, Plan, SetStatus, World
from onggi.kinds.apps.deployment import progress, revision
from onggi.kinds.apps.deployment.kind import DEPLOYMENT
from onggi.kinds.apps.deployment.rollout import Limits, Size, grow
from onggi.kinds.apps.replicaset import REPLICASET
from onggi.kinds.apps.template import HASH, template_hash


@dataclass
class Pass:
    """One look at a Deployment, and what comes of it."""

    d: View
    world: World
    now: datetime
    new: View | None
    old: list[View]
    conditions: list[Object]
    actions: list[Action] = field(default_factory=list)

    @property
    def sets(self) -> list[View]:
        return [*self.old, *([self.new] if self.new else [])]

    @property
    def limits(self) -> Limits:
        return Limits.of(self.d["spec"])


def annotate(p: Pass) -> None:
    """The new ReplicaSet and the Deployment learn which revision they are."""
    if p.new is None:
        return
    wanted = revision.updated(p.d, p.new, revision.next_revision(p.old))
    seconds = get(p.d, "spec.minReadySeconds", 0)
    differs = get(p.new, "spec.minReadySeconds", 0) != seconds
    if wanted != revision.annotations(p.new) or differs:
        patch: Object = {"metadata": {"annotations": wanted}}
        if differs:
            patch["spec"] = {"minReadySeconds": seconds}
        p.actions.append(Patch(REPLICASET, p.new, patch))
    set_revision(p, wanted.get(revision.REVISION, ""))
    if progress.deadline(p.d) is not None and not in_list(p.conditions, "Progressing"):
        message = f'Found new replica set "{p.new["metadata"]["name"]}"'
        found = progress.progressing("True", "FoundNewReplicaSet", message, p.now)
        p.conditions = progress.put(p.conditions, found)


def set_revision(p: Pass, number: str) -> None:
    if number and revision.annotations(p.d).get(revision.REVISION) != number:
        patch = {"metadata": {"annotations": {revision.REVISION: number}}}
        p.actions.append(Patch(DEPLOYMENT, p.d, patch))


def resize(p: Pass, rs: View, size: int, *, annotate: bool = False) -> bool:
    """Whether its size changes. The figures of the Deployment go along as annotations."""
    present, name = rs["spec"]["replicas"], rs["metadata"]["name"]
    figures = revision.sizes(p.limits)
    stale = figures.items() - revision.annotations(rs).items()
    if size == present and not (annotate and stale):
        return False
    patch = {"metadata": {"annotations": figures}, "spec": {"replicas": size}}
    p.actions.append(Patch(REPLICASET, rs, patch))
    if size != present:
        way = "up" if size > present else "down"
        message = f"Scaled {way} replica set {name} from {present} to {size}"
        p.actions.append(Emit(p.d, "ScalingReplicaSet", message))
    return size != present


def resize_all(p: Pass, sets: Sequence[View], sizes: Sequence[int]) -> bool:
    """Whether the size of any of them changes."""
    changed = [resize(p, rs, size) for rs, size in zip(sets, sizes, strict=True)]
    return any(changed)


def create_new(p: Pass) -> bool:
    """Ask for the ReplicaSet of the present template; False if its name is taken."""
    name = new_name(p.d)
    if p.world.get(REPLICASET, p.d["metadata"]["namespace"], name):
        return False
    number = revision.next_revision(p.old)
    size = p.limits.want
    if get(p.d, "spec.strategy.type") == "RollingUpdate":
        size = grow(p.limits, 0, sum(rs["spec"]["replicas"] for rs in p.old))
    p.new = new_set(p.d, size, number)
    message = f"Scaled up replica set {name} from 0 to {size}"
    scaled = [Emit(p.d, "ScalingReplicaSet", message)] if size else []
    p.actions.append(
        Create(REPLICASET, p.new, done=lambda rs: scaled, failed=lambda e: creation_failed(p, e))
    )
    set_revision(p, str(number))
    if progress.deadline(p.d) is not None:
        message = f'Created new replica set "{name}"'
        created = progress.progressing("True", "NewReplicaSetCreated", message, p.now)
        p.conditions = progress.put(p.conditions, created)
    return True


def creation_failed(p: Pass, error: StatusError) -> list[Action]:
    if isinstance(error, AlreadyExists):
        return []  # the next pass sees whose it is
    message = f'Failed to create new replica set "{new_name(p.d)}": {error.message}'
    actions: list[Action] = [Emit(p.d, "ReplicaSetCreateError", message, "Warning")]
    if progress.deadline(p.d) is not None:
        failed = progress.progressing("False", "ReplicaSetCreateError", message, p.now)
        conditions = progress.put(get(p.d, "status.conditions") or (), failed)
        status = {**(p.d.get("status") or {}), "conditions": conditions}
        actions.append(SetStatus(DEPLOYMENT, p.d, status))
    return actions


def collide(p: Pass) -> Plan:
    """Another ReplicaSet has our name: hash the template differently from now on."""
    status = p.d.get("status") or {}
    count = status.get("collisionCount", 0) + 1
    return Plan([SetStatus(DEPLOYMENT, p.d, {**status, "collisionCount": count})])


def new_name(d: View) -> str:
    return f"{d['metadata']['name']}-{hash_of(d)}"


def hash_of(d: View) -> str:
    return template_hash(d["spec"]["template"], get(d, "status.collisionCount", 0))


def new_set(d: View, size: int, number: int) -> Object:
    label = {HASH: hash_of(d)}
    selector, template = clone(d["spec"]["selector"]), clone(d["spec"]["template"])
    selector["matchLabels"] = (selector.get("matchLabels") or {}) | label
    metadata = template.get("metadata") or {}
    template["metadata"] = metadata | {"labels": (metadata.get("labels") or {}) | label}
    annotations = revision.updated(d, {}, number) | revision.sizes(Limits.of(d["spec"]))
    spec: Object = {"replicas": size, "selector": selector, "template": template}
    if seconds := get(d, "spec.minReadySeconds", 0):
        spec["minReadySeconds"] = seconds
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": new_name(d),
            "namespace": d["metadata"]["namespace"],
            "labels": template["metadata"]["labels"],
            "annotations": annotations,
            "ownerReferences": [owner_reference(d)],
        },
        "spec": spec,
    }


def clean_up(p: Pass) -> None:
    """Delete the oldest empty ReplicaSets beyond ``revisionHistoryLimit``."""
    limit = get(p.d, "spec.revisionHistoryLimit", progress.FOREVER)
    kept = sorted((rs for rs in p.old if not is_going(rs)), key=revision.revision)
    surplus = kept[: max(0, len(kept) - limit)]
    p.actions += [Delete(REPLICASET, rs) for rs in surplus if is_empty(rs)]


def is_empty(rs: View) -> bool:
    seen = get(rs, "status.observedGeneration", 0) >= get(rs, "metadata.generation", 0)
    return seen and not rs["spec"]["replicas"] and not get(rs, "status.replicas", 0)


def report(p: Pass, *, rolling: bool = True) -> Plan:
    """The plan of this pass, with the status as it is now."""
    status = progress.observe(p.d, p.new, p.sets)
    conditions = progress.availability(p.d, status, p.conditions, p.now)
    if rolling:
        conditions = progress.progress(p.d, p.new, status, conditions, p.now)
        conditions = progress.failures(conditions, p.new, p.old)
    status["conditions"] = conditions
    if status != p.d.get("status"):
        p.actions.append(SetStatus(DEPLOYMENT, p.d, status))
    check = progress.next_check(p.d, status, p.now) if rolling else None
    return Plan(p.actions, again_in=check)


def size_of(rs: View) -> Size:
    return Size(rs["spec"]["replicas"], get(rs, "status.availableReplicas", 0))


def age(rs: View) -> tuple[str, str]:
    return get(rs, "metadata.creationTimestamp", ""), rs["metadata"]["name"]
