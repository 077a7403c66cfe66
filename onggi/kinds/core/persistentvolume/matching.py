"""Which volume is for a claim. Pure.

    best(claim, volumes, node)      the one that is the claim's already, or of those that fit the
                                    one with the fewest modes, and then the smallest
    misfit(volume, claim)           why a volume that the claim names is not for it

Sources: ``pkg/controller/volume/persistentvolume/index.go``, ``k8s.io/component-helpers/storage/
volume`` (FindMatchingVolume).
"""

from collections.abc import Iterable

from onggi.api.objects import View, get, is_going
from onggi.api.quantity import Quantity
from onggi.api.selectors import of_object
from onggi.kinds.core.node.selection import fits
from onggi.kinds.core.persistentvolume.access import class_of
from onggi.kinds.core.pod.rules.resources import amount_of


def best(claim: View, volumes: Iterable[View], node: View | None = None) -> View | None:
    """``node`` is where the claim's pod is; without one, what a node can reach does not count."""
    fitting: list[View] = []
    for volume in volumes:
        if not is_free_for(volume, claim) or not is_enough(volume, claim):
            continue
        if is_claimed_by(volume, claim):
            return volume if reaches(volume, node) else None
        if is_offered(volume, claim) and reaches(volume, node):
            fitting.append(volume)
    return min(fitting, key=lambda v: (len(modes_of(v)), size(v)), default=None)


def bound_to(claim: View, volumes: Iterable[View]) -> View | None:
    """Where nothing else may be chosen yet: the volume that names the claim."""
    found = (v for v in volumes if is_claimed_by(v, claim) and is_enough(v, claim))
    return next(found, None)


def is_free_for(volume: View, claim: View) -> bool:
    return get(volume, "spec.claimRef") is None or is_claimed_by(volume, claim)


def is_claimed_by(volume: View, claim: View) -> bool:
    """The volume names the claim, and no earlier one of that name."""
    reference = get(volume, "spec.claimRef")
    if reference is None:
        return False
    meta = claim["metadata"]
    if (reference.get("namespace"), reference.get("name")) != (meta["namespace"], meta["name"]):
        return False
    return not reference.get("uid") or reference["uid"] == meta["uid"]


def is_enough(volume: View, claim: View) -> bool:
    """What even a volume that names the claim must have."""
    going = is_going(volume)
    modes = mode(volume) == mode(claim) and modes_of(claim) <= modes_of(volume)
    return not going and modes and size(volume) >= requested(claim)


def is_offered(volume: View, claim: View) -> bool:
    """A volume that nobody named is there, and fits by class and labels."""
    selector = get(claim, "spec.selector")
    labels = get(volume, "metadata.labels") or {}
    return (
        get(volume, "status.phase") == "Available"
        and class_of(volume) == class_of(claim)
        and (selector is None or of_object(selector).matches(labels))
    )


def misfit(volume: View, claim: View) -> str:
    if is_going(volume):
        return f'the volume is marked for deletion "{volume["metadata"]["name"]}"'
    if size(volume) < requested(claim):
        return "requested PV is too small"
    if class_of(volume) != class_of(claim):
        return "storageClassName does not match"
    if mode(volume) != mode(claim):
        return "incompatible volumeMode"
    return "" if modes_of(claim) <= modes_of(volume) else "incompatible accessMode"


def reaches(volume: View, node: View | None) -> bool:
    """Whether the volume can be used on the node."""
    required = get(volume, "spec.nodeAffinity.required")
    if node is None or required is None:
        return True
    meta = node["metadata"]
    return fits(required, meta["name"], meta.get("labels") or {})


def size(volume: View) -> Quantity:
    return amount_of((get(volume, "spec.capacity") or {}).get("storage", "0"))


def requested(claim: View) -> Quantity:
    return amount_of((get(claim, "spec.resources.requests") or {}).get("storage", "0"))


def mode(obj: View) -> str:
    return get(obj, "spec.volumeMode") or "Filesystem"


def modes_of(obj: View) -> set[str]:
    return set(get(obj, "spec.accessModes") or ())
