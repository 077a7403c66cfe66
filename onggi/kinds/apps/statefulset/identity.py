"""The names of a StatefulSet's pods: each has a number, and keeps it.

Source: ``pkg/controller/statefulset/stateful_set_utils.go``.
"""

import re

from onggi.api.objects import Object, View, get
from onggi.kinds.apps.pods import new_pod

POD_NAME, POD_INDEX = "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"
REVISION = "controller-revision-hash"
NUMBERED = re.compile(r"(.*)-([0-9]{1,9})", re.ASCII | re.DOTALL)


def ordinal(pod: View) -> int:
    """-1 where the name has no number."""
    found = NUMBERED.fullmatch(pod["metadata"]["name"])
    return int(found[2]) if found else -1


def is_member(sts: View, pod: View) -> bool:
    found = NUMBERED.fullmatch(pod["metadata"]["name"])
    return found is not None and found[1] == sts["metadata"]["name"]


def ordinals(sts: View) -> range:
    first = get(sts, "spec.ordinals.start") or 0
    return range(first, first + (get(sts, "spec.replicas") or 0))


def revision_of(pod: View) -> str:
    return (get(pod, "metadata.labels") or {}).get(REVISION, "")


def identity(name: str, number: int) -> dict[str, str]:
    return {POD_NAME: name, POD_INDEX: str(number)}


def is_itself(pod: View) -> bool:
    """Its labels say who it is."""
    labels = get(pod, "metadata.labels") or {}
    return identity(pod["metadata"]["name"], ordinal(pod)).items() <= labels.items()


def replica(sts: View, template: View, revision: str, number: int) -> Object:
    """The pod of that number, with its name, host name and claims."""
    pod, name = new_pod(sts, template), f"{sts['metadata']['name']}-{number}"
    meta, spec = pod["metadata"], pod["spec"]
    del meta["generateName"]
    meta["name"] = name
    meta["labels"] = (meta.get("labels") or {}) | identity(name, number) | {REVISION: revision}
    spec["hostname"] = name
    if service := get(sts, "spec.serviceName"):
        spec["subdomain"] = service
    volumes = claimed_volumes(sts, number)
    mine = {volume["name"] for volume in volumes}
    others = [volume for volume in spec.get("volumes") or () if volume.get("name") not in mine]
    if volumes or others:
        spec["volumes"] = volumes + others
    return pod


def claim_name(sts: View, template: View, number: int) -> str:
    return f"{template['metadata']['name']}-{sts['metadata']['name']}-{number}"


def claimed_volumes(sts: View, number: int) -> list[Object]:
    return [
        {
            "name": template["metadata"]["name"],
            "persistentVolumeClaim": {"claimName": claim_name(sts, template, number)},
        }
        for template in get(sts, "spec.volumeClaimTemplates") or ()
    ]
