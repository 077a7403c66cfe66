"""The claims of generic ephemeral volumes: made for a pod, and collected with it.

Source: ``pkg/controller/volume/ephemeral``, ``component-helpers/storage/ephemeral``.
"""

from datetime import datetime, timedelta

from onggi.api.objects import Object, View, clone_value, get, is_going
from onggi.api.plan import Action, Controller, Create, Emit, Plan, World
from onggi.kinds.core.persistentvolumeclaim.kind import PERSISTENTVOLUMECLAIM
from onggi.kinds.core.persistentvolumeclaim.protection import is_owned
from onggi.kinds.core.pod import POD

LATER = timedelta(minutes=1)  # the claim may be gone by then


def has_some(pod: View) -> bool:
    return any(volume.get("ephemeral") for volume in get(pod, "spec.volumes") or ())


def reconcile(pod: View, world: World, now: datetime) -> Plan:
    """In order; after a volume that cannot be had, no further ones."""
    actions: list[Action] = []
    if is_going(pod):
        return Plan()
    for volume in get(pod, "spec.volumes") or ():
        if not volume.get("ephemeral"):
            continue
        claim = claim_for(pod, volume)
        meta = claim["metadata"]
        found = world.get(PERSISTENTVOLUMECLAIM, meta["namespace"], meta["name"])
        if found is None:
            actions.append(made(pod, volume["name"], claim))
        elif not is_owned(found, pod):
            why = f"PVC {place(found)} was not created for pod {place(pod)} (pod is not owner)"
            return Plan([*actions, failed(pod, volume["name"], why)], again_in=LATER)
    return Plan(actions)


def claim_for(pod: View, volume: View) -> Object:
    template = volume["ephemeral"].get("volumeClaimTemplate") or {}
    given = template.get("metadata") or {}
    meta = pod["metadata"]
    owner = {"apiVersion": "v1", "kind": "Pod", "name": meta["name"], "uid": meta["uid"]}
    return {
        "apiVersion": PERSISTENTVOLUMECLAIM.api_version,
        "kind": PERSISTENTVOLUMECLAIM.name,
        "metadata": {
            "name": f"{meta['name']}-{volume['name']}",
            "namespace": meta["namespace"],
            "ownerReferences": [owner | {"controller": True, "blockOwnerDeletion": True}],
            **{key: clone_value(given[key]) for key in ("annotations", "labels") if key in given},
        },
        "spec": clone_value(template.get("spec") or {}),
    }


def made(pod: View, volume: str, claim: Object) -> Create:
    what = f"create PVC {claim['metadata']['name']}"
    return Create(
        PERSISTENTVOLUMECLAIM,
        claim,
        failed=lambda error: [failed(pod, volume, f"{what}: {error.message}")],
    )


def failed(pod: View, volume: str, why: str) -> Emit:
    return Emit(pod, "FailedBinding", f"ephemeral volume {volume}: {why}", "Warning")


def place(obj: View) -> str:
    return f"{obj['metadata']['namespace']}/{obj['metadata']['name']}"


CONTROLLER = Controller(
    name="ephemeral-volume-controller",
    kind=POD,
    reconcile=reconcile,
    about=has_some,
    owns=(PERSISTENTVOLUMECLAIM,),
    source="ephemeral_volume",
)
