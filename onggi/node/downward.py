"""What a pod may learn about itself: ``fieldRef`` and ``resourceFieldRef``. Pure.

Sources: ``pkg/fieldpath/fieldpath.go``, ``pkg/api/v1/resource/helpers.go`` and
``pkg/kubelet/kubelet_pods.go`` (podFieldSelectorRuntimeValue).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from onggi.api.gotext import quote
from onggi.api.objects import View, get
from onggi.api.quantity import parse, spelled
from onggi.kinds.core.pod.predicates import containers

NODE_LIMITED = ("cpu", "memory", "ephemeral-storage")
PLAIN = ("metadata.name", "metadata.namespace", "metadata.uid")


class Unsupported(Exception):
    """The reference cannot be resolved; the message is upstream's."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What only the node knows. ``allocatable`` stands in for limits that are not set."""

    host_ips: Sequence[str] = ()
    pod_ips: Sequence[str] = ()
    allocatable: Mapping[str, Any] = field(default_factory=dict)


def field_value(pod: View, path: str, around: Surroundings) -> str:
    """The text of one ``fieldPath``."""
    match path:
        case "spec.nodeName" | "spec.serviceAccountName":
            return get(pod, path) or ""
        case "status.hostIP":
            return next(iter(around.host_ips), "")
        case "status.hostIPs":
            return ",".join(around.host_ips)
        case "status.podIP":
            return next(iter(around.pod_ips), "")
        case "status.podIPs":
            return ",".join(around.pod_ips)
    return metadata_value(pod, path)


def metadata_value(pod: View, path: str) -> str:
    if match := re.fullmatch(r"(.*)\['(.*)'\]", path, re.DOTALL):
        return subscripted(pod, match[1], match[2], path)
    if path in PLAIN:
        return get(pod, path) or ""
    if path in ("metadata.labels", "metadata.annotations"):
        return format_map(get(pod, path) or {})
    raise Unsupported(f"unsupported fieldPath: {path}")


def subscripted(pod: View, path: str, key: str, whole: str) -> str:
    if path not in ("metadata.labels", "metadata.annotations"):
        raise Unsupported(f'fieldPath "{whole}" does not support subscript')
    return (get(pod, path) or {}).get(key, "")


def format_map(pairs: Mapping[str, str]) -> str:
    """Sorted ``key="value"`` lines, as Go's ``%v=%q`` writes them."""
    return "\n".join(f"{key}={quote(pairs[key])}" for key in sorted(pairs))


def resource_value(pod: View, container: View, ref: View, around: Surroundings) -> str:
    """The number that a ``resourceFieldRef`` names, in units of its divisor, rounded up."""
    named = ref.get("containerName")
    chosen = by_name(pod, named) if named else container
    kind, _, resource = ref["resource"].partition(".")
    if kind not in ("limits", "requests") or not resource:
        raise Unsupported(f"Unsupported container resource : {ref['resource']}")
    amount = quantity(pod, chosen, kind, resource, around)
    divisor = spelled(ref.get("divisor") or "1")
    if resource == "cpu":
        return str(ceil_divide(parse(amount).milli(), parse(divisor).milli() or 1000))
    return str(ceil_divide(parse(amount).value(), parse(divisor).value() or 1))


def by_name(pod: View, name: str) -> View:
    found = next((c for c in containers(pod) if c["name"] == name), None)
    if found is None:
        raise Unsupported(f"container {name} not found")
    return found


def quantity(pod: View, container: View, kind: str, resource: str, around: Surroundings) -> str:
    """A missing limit is the pod's own limit, then what the node can give."""
    own = spelled(get(container, "resources", {}).get(kind, {}).get(resource, 0))
    if kind == "requests" or resource not in NODE_LIMITED or parse(own):
        return own
    of_pod = (get(pod, "spec.resources.limits") or {}).get(resource)
    return spelled(of_pod or around.allocatable.get(resource) or 0)


def ceil_divide(amount: int, divisor: int) -> int:
    return -(-amount // divisor)
