"""Which objects a quota is about: all of those that every one of its scopes matches.

Sources: ``pkg/quota/v1/evaluator/core/pods.go`` (podMatchesScopeFunc), ``.../
persistent_volume_claims.go``, ``k8s.io/apiserver/pkg/quota/v1/generic`` (Matches).
"""

from collections.abc import Iterator
from itertools import product

from onggi.api.objects import View, get
from onggi.kinds.core.pod.resources import qos

AFFINITIES = product(
    ("podAffinity", "podAntiAffinity"),
    ("requiredDuringSchedulingIgnoredDuringExecution",
     "preferredDuringSchedulingIgnoredDuringExecution"),
)  # fmt: skip
TERMS = tuple(f"spec.affinity.{kind}.{when}" for kind, when in AFFINITIES)
CLASSES = (
    "spec.volumeAttributesClassName",
    "status.currentVolumeAttributesClassName",
    "status.modifyVolumeStatus.targetVolumeAttributesClassName",
)


def selectors(quota: View) -> list[View]:
    """The scopes of both fields in one form."""
    spec = quota.get("spec") or {}
    plain: list[View] = [{"scopeName": s, "operator": "Exists"} for s in spec.get("scopes") or ()]
    return [*plain, *(get(spec, "scopeSelector.matchExpressions") or ())]


def matches(selectors: list[View], resource: str, obj: View) -> bool:
    """Scopes are about pods and claims: nothing else matches a quota that has any."""
    return all(match(selector, resource, obj) for selector in selectors)


def match(selector: View, resource: str, obj: View) -> bool:
    scope = selector.get("scopeName")
    if resource == "persistentvolumeclaims":
        return scope == "VolumeAttributesClass" and chosen(selector, volume_classes(obj))
    if resource != "pods":
        return False
    match scope:
        case "Terminating":
            return is_terminating(obj)
        case "NotTerminating":
            return not is_terminating(obj)
        case "BestEffort":
            return qos(obj) == "BestEffort"
        case "NotBestEffort":
            return qos(obj) != "BestEffort"
        case "PriorityClass":
            name = get(obj, "spec.priorityClassName")
            return chosen(selector, {name} if name else set())
        case "CrossNamespacePodAffinity":
            return any(reaches_out(term) for term in affinity_terms(obj))
    return False


def is_terminating(pod: View) -> bool:
    """It has a deadline; nothing to do with its deletion."""
    deadline = get(pod, "spec.activeDeadlineSeconds")
    return deadline is not None and deadline >= 0


def chosen(selector: View, names: set[str]) -> bool:
    """Whether one of the names the object has, or that it has none, is asked for."""
    wanted = set(selector.get("values") or ())
    match selector.get("operator"):
        case "In":
            return bool(names & wanted)
        case "NotIn":
            return not names or bool(names - wanted)
        case "Exists":
            return bool(names)
        case "DoesNotExist":
            return not names
    return False


def affinity_terms(pod: View) -> Iterator[View]:
    for path in TERMS:
        for term in get(pod, path) or ():
            yield term.get("podAffinityTerm") or term


def reaches_out(term: View) -> bool:
    return bool(term.get("namespaces")) or term.get("namespaceSelector") is not None


def volume_classes(claim: View) -> set[str]:
    return {name for path in CLASSES if (name := get(claim, path))}
