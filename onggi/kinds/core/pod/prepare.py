"""What the server itself writes into a pod, before it is validated.

Source: ``pkg/registry/core/pod/strategy.go``.
"""

from typing import Any

from onggi.api.objects import Object, View, clone_value, get
from onggi.api.quantity import QuantityError
from onggi.kinds.core.pod.resources import qos
from onggi.kinds.core.pod.template import alias_service_account
from onggi.kinds.fill import items

GATED = {
    "type": "PodScheduled",
    "status": "False",
    "reason": "SchedulingGated",
    "message": "Scheduling is blocked due to non-empty scheduling gates",
}
AFFINITIES = ("podAffinity", "podAntiAffinity")
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
CLIENT_METADATA = ("labels", "annotations", "finalizers", "ownerReferences", "deletionTimestamp")


def prepare(pod: Object, old: View | None) -> None:
    """Runs after admission, which may have given the pod its service account."""
    alias_service_account(pod.setdefault("spec", {}))
    if old is not None:
        return
    pod["status"] = first_status(pod)
    labels = get(pod, "metadata.labels") or {}
    for term in affinity_terms(pod["spec"]):
        add_label_keys(term, "matchLabelKeys", "In", labels)
        add_label_keys(term, "mismatchLabelKeys", "NotIn", labels)
    for constraint in items(pod["spec"], "topologySpreadConstraints"):
        add_label_keys(constraint, "matchLabelKeys", "In", labels)


def first_status(pod: View) -> Object:
    """Pending, with its class; a gated pod also says why it waits."""
    status: Object = {"phase": "Pending"}
    try:
        status["qosClass"] = qos(pod)
    except QuantityError:
        return status  # validation refuses the pod
    if get(pod, "spec.schedulingGates"):
        status["conditions"] = [dict(GATED)]
    return status


def affinity_terms(spec: View) -> list[Object]:
    """Every term of pod affinity and anti-affinity, required or weighted."""
    terms: list[Any] = []
    for side in AFFINITIES:
        affinity = get(spec, f"affinity.{side}") or {}
        terms += affinity.get(REQUIRED) or ()
        terms += [item.get("podAffinityTerm") or {} for item in affinity.get(PREFERRED) or ()]
    return [term for term in terms if isinstance(term, dict)]


def add_label_keys(term: Object, field: str, operator: str, labels: View) -> None:
    """``matchLabelKeys`` means the pod's own value of a label: written into the selector."""
    if not isinstance(selector := term.get("labelSelector"), dict):
        return
    for key in term.get(field) or ():
        if key in labels:
            requirement = {"key": key, "operator": operator, "values": [labels[key]]}
            expressions = selector.setdefault("matchExpressions", [])
            if requirement not in expressions:
                expressions.append(requirement)


def prepare_status(pod: Object, old: View | None) -> None:
    """The class of service is immutable; observed generations are not lost."""
    status, before = pod.setdefault("status", {}), (old or {}).get("status") or {}
    if not status.get("qosClass") and before.get("qosClass"):
        status["qosClass"] = before["qosClass"]
    keep_generation(status, before)
    earlier = list(before.get("conditions") or ())
    for condition in items(status, "conditions"):
        match = next((c for c in earlier if c.get("type") == condition.get("type")), None)
        if match is not None:
            earlier.remove(match)
            keep_generation(condition, match)


def keep_generation(obj: Object, old: View) -> None:
    if not obj.get("observedGeneration") and old.get("observedGeneration"):
        obj["observedGeneration"] = old["observedGeneration"]


def prepare_ephemeral(pod: Object, old: View | None) -> None:
    """The ``ephemeralcontainers`` subresource changes nothing else of the pod."""
    if old is None:
        return
    wanted = get(pod, "spec.ephemeralContainers")
    pod["spec"] = clone_value(old["spec"])
    pod["spec"].pop("ephemeralContainers", None)
    if wanted:
        pod["spec"]["ephemeralContainers"] = wanted
    pod.pop("status", None)
    if "status" in old:
        pod["status"] = clone_value(old["status"])
    for name in CLIENT_METADATA:
        pod["metadata"].pop(name, None)
        if name in old["metadata"]:
            pod["metadata"][name] = clone_value(old["metadata"][name])
