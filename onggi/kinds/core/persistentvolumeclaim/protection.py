"""What is in use is not taken away: claims wait for their pods, volumes for their claims.

Admission puts the finalizers on (``onggi.apiserver.plugins.storage``). Sources:
``pkg/controller/volume/{pvcprotection,pvprotection}``.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from onggi.api.kind import Kind
from onggi.api.objects import View, get, is_going
from onggi.api.plan import Controller, Plan, Reconcile, Update, Wake, World
from onggi.kinds.core.persistentvolume import PERSISTENTVOLUME
from onggi.kinds.core.persistentvolumeclaim.kind import PERSISTENTVOLUMECLAIM
from onggi.kinds.core.pod import POD

OF_CLAIMS = "kubernetes.io/pvc-protection"
OF_VOLUMES = "kubernetes.io/pv-protection"


def kept_while(kind: Kind, finalizer: str, in_use: Callable[[View, World], bool]) -> Reconcile:
    """The reconcile function that puts the finalizer on, and takes it off at the end."""

    def reconcile(obj: View, world: World, now: datetime) -> Plan:
        present = get(obj, "metadata.finalizers") or []
        going = is_going(obj)
        if going and finalizer in present and not in_use(obj, world):
            return Plan([with_finalizers(kind, obj, [f for f in present if f != finalizer])])
        if not going and finalizer not in present:
            return Plan([with_finalizers(kind, obj, [*present, finalizer])])
        return Plan()

    return reconcile


def with_finalizers(kind: Kind, obj: View, finalizers: list[str]) -> Update:
    return Update(kind, {**obj, "metadata": {**obj["metadata"], "finalizers": finalizers}})


def is_mounted(claim: View, world: World) -> bool:
    """Some pod that has a node uses it; one that has none yet would not be started any more."""
    name, namespace = claim["metadata"]["name"], claim["metadata"]["namespace"]
    return any(
        name in claims_of(pod)
        for pod in world.all(POD, namespace)
        if get(pod, "spec.nodeName") and not (is_shut_down(pod) and is_owned(claim, pod))
    )


def claims_of(pod: View) -> Iterator[str]:
    for volume in get(pod, "spec.volumes") or ():
        if claim := volume.get("persistentVolumeClaim"):
            yield claim.get("claimName") or ""
        elif volume.get("ephemeral") is not None:
            yield f"{pod['metadata']['name']}-{volume.get('name')}"


def is_shut_down(pod: View) -> bool:
    meta = pod["metadata"]
    return "deletionTimestamp" in meta and meta.get("deletionGracePeriodSeconds") == 0


def is_owned(claim: View, pod: View) -> bool:
    owners = get(claim, "metadata.ownerReferences") or ()
    return any(o.get("controller") and o.get("uid") == pod["metadata"].get("uid") for o in owners)


def is_bound(volume: View, world: World) -> bool:
    return get(volume, "status.phase") == "Bound"


def used_by(pod: View, world: World) -> list[Wake]:
    namespace = pod["metadata"]["namespace"]
    return [(namespace, name) for name in claims_of(pod)]


CLAIMS = Controller(
    name="persistentvolumeclaim-protection-controller",
    account="pvc-protection-controller",
    kind=PERSISTENTVOLUMECLAIM,
    reconcile=kept_while(PERSISTENTVOLUMECLAIM, OF_CLAIMS, is_mounted),
    watches={POD: used_by},
)
VOLUMES = Controller(
    name="persistentvolume-protection-controller",
    account="pv-protection-controller",
    kind=PERSISTENTVOLUME,
    reconcile=kept_while(PERSISTENTVOLUME, OF_VOLUMES, is_bound),
)
