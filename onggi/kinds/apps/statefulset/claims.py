"""The PersistentVolumeClaims of a StatefulSet's pods: made before the pod, and as a rule kept.

What ``persistentVolumeClaimRetentionPolicy`` wants deleted is owned by the StatefulSet (deleted
with it) or by a pod that is taken away for good; garbage collection does the rest.
Source: ``pkg/controller/statefulset/{stateful_pod_control,stateful_set_utils}.go``.
"""

from collections.abc import Iterator
from typing import Any

from onggi.api.errors import StatusError
from onggi.api.objects import Object, View, clone, clone_value, get
from onggi.api.plan import Action, Create, Emit, Update, World
from onggi.kinds.apps.statefulset.identity import claim_name, ordinal, ordinals
from onggi.kinds.core.persistentvolumeclaim import PERSISTENTVOLUMECLAIM

POLICY = "spec.persistentVolumeClaimRetentionPolicy"


def missing(sts: View, number: int, pod: str, world: World) -> Iterator[Action]:
    """Those of the pod's claims that are not there are made."""
    namespace = sts["metadata"]["namespace"]
    for template in get(sts, "spec.volumeClaimTemplates") or ():
        name = claim_name(sts, template, number)
        if world.get(PERSISTENTVOLUMECLAIM, namespace, name) is None:
            yield create(sts, new_claim(sts, template, number), pod)


def create(sts: View, claim: Object, pod: str) -> Create:
    what = f"create Claim {claim['metadata']['name']} Pod {pod} in StatefulSet"
    what = f"{what} {sts['metadata']['name']}"

    def told(error: StatusError) -> list[Action]:
        return [Emit(sts, "FailedCreate", f"{what} failed error: {error.message}", "Warning")]

    done: Action = Emit(sts, "SuccessfulCreate", f"{what} success")
    return Create(PERSISTENTVOLUMECLAIM, claim, done=lambda made: [done], failed=told)


def new_claim(sts: View, template: View, number: int) -> Object:
    meta = template["metadata"]
    labels = dict(meta.get("labels") or {}) | dict(get(sts, "spec.selector.matchLabels") or {})
    given = {k: clone_value(v) for k, v in meta.items() if k == "annotations"}
    return {
        "apiVersion": PERSISTENTVOLUMECLAIM.api_version,
        "kind": PERSISTENTVOLUMECLAIM.name,
        "metadata": {
            "name": claim_name(sts, template, number),
            "namespace": sts["metadata"]["namespace"],
            "labels": labels,
            **given,
        },
        "spec": clone_value(template.get("spec") or {}),
    }


def present(sts: View, number: int, world: World) -> list[View]:
    namespace = sts["metadata"]["namespace"]
    names = [claim_name(sts, t, number) for t in get(sts, "spec.volumeClaimTemplates") or ()]
    found = (world.get(PERSISTENTVOLUMECLAIM, namespace, name) for name in names)
    return [claim for claim in found if claim is not None]


def is_stale(sts: View, number: int, world: World) -> bool:
    """A claim of the pod that had this number before is on its way out: it must not be used."""
    return any(
        get(claim, "metadata.deletionTimestamp") or owner_of(claim, "Pod")
        for claim in present(sts, number, world)
    )


def owner_of(claim: View, kind: str) -> View | None:
    references = get(claim, "metadata.ownerReferences") or ()
    return next((r for r in references if r.get("kind") == kind), None)


def kept(sts: View, pod: View, world: World) -> Iterator[Action]:
    """The pod's claims are owned as the policy says."""
    for claim in present(sts, ordinal(pod), world):
        references = get(claim, "metadata.ownerReferences") or []
        ours = {sts["metadata"]["uid"], pod["metadata"]["uid"]}
        others = [dict(r) for r in references if r.get("uid") not in ours]
        wanted = others + owners(sts, pod)
        if {r["uid"] for r in wanted} != {r.get("uid") for r in references}:
            new = clone(claim)
            new["metadata"]["ownerReferences"] = wanted
            yield Update(PERSISTENTVOLUMECLAIM, new)


def owners(sts: View, pod: View) -> list[Object]:
    condemned = ordinal(pod) not in ordinals(sts)
    deleted, scaled = (get(sts, f"{POLICY}.{when}") for when in ("whenDeleted", "whenScaled"))
    if scaled == "Delete" and condemned:
        return [reference(pod)]
    return [reference(sts)] if deleted == "Delete" else []


def reference(owner: View) -> dict[str, Any]:
    meta = owner["metadata"]
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": meta["name"],
        "uid": meta["uid"],
    }
