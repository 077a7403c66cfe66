"""The two faces of an autoscaler. v1 knows one figure, the use of CPU; all else that v2 says is in
annotations of the v1 face, and nowhere else.

Source: ``pkg/apis/autoscaling/v1/conversion.go``.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from onggi.api.gotext import json_text
from onggi.api.objects import Object, View, clone, clone_value, get
from onggi.kinds.autoscaling.horizontalpodautoscaler.defaults import UTILIZATION, cpu, default
from onggi.kinds.autoscaling.horizontalpodautoscaler.metrics import (
    metric_to_v1,
    metric_to_v2,
    status_to_v1,
    status_to_v2,
)

V1, V2 = "autoscaling/v1", "autoscaling/v2"
PREFIX = "autoscaling.alpha.kubernetes.io"
METRICS, CURRENT = f"{PREFIX}/metrics", f"{PREFIX}/current-metrics"
CONDITIONS, BEHAVIOR = f"{PREFIX}/conditions", f"{PREFIX}/behavior"
OURS = (METRICS, CURRENT, CONDITIONS, BEHAVIOR)
SPEC = ("scaleTargetRef", "minReplicas", "maxReplicas")
STATUS = ("observedGeneration", "lastScaleTime", "currentReplicas", "desiredReplicas")
PERCENT, CURRENT_PERCENT = "targetCPUUtilizationPercentage", "currentCPUUtilizationPercentage"


def to_v1(hpa: View) -> Object:
    """The v1 face of a stored object."""
    spec, status = hpa.get("spec") or {}, hpa.get("status") or {}
    metrics, current = spec.get("metrics") or (), status.get("currentMetrics") or ()
    new = {**{k: v for k, v in hpa.items() if k not in ("spec", "status")}, "apiVersion": V1}
    new["spec"] = copied(spec, SPEC) | share(metrics, "target", PERCENT)
    new["status"] = {"currentReplicas": 0, "desiredReplicas": 0, **copied(status, STATUS)}
    new["status"] |= share(current, "current", CURRENT_PERCENT)
    others = [metric_to_v1(metric) for metric in metrics if not is_share(metric, "target")]
    kept: list[tuple[str, Any]] = [
        (METRICS, others),
        (CURRENT, [status_to_v1(status) for status in current]),
        (CONDITIONS, clone_value(status.get("conditions") or [])),
        (BEHAVIOR, capitals(spec.get("behavior"), str.upper)),
    ]
    annotate(new, {name: json_text(value) for name, value in kept if value})
    return new


def to_v2(hpa: View) -> Object:
    """The stored form of a v1 face. Annotations that cannot be read mean nothing."""
    spec, status = hpa.get("spec") or {}, hpa.get("status") or {}
    notes = get(hpa, "metadata.annotations") or {}
    new = {**{k: v for k, v in hpa.items() if k not in ("spec", "status")}, "apiVersion": V2}
    own = [cpu(spec[PERCENT])] if spec.get(PERCENT) is not None else []
    metrics = [metric_to_v2(metric) for metric in listed(notes, METRICS)] + own
    new["spec"] = copied(spec, SPEC) | {"metrics": metrics or [cpu(UTILIZATION)]}
    behavior = capitals(loaded(notes, BEHAVIOR), str.lower)
    if isinstance(behavior, dict) and behavior:
        new["spec"]["behavior"] = behavior
    new["status"] = {"desiredReplicas": 0, **copied(status, STATUS)}
    if not new["status"].get("currentReplicas"):
        new["status"].pop("currentReplicas", None)  # as v2 writes it
    current = [status_to_v2(metric) for metric in listed(notes, CURRENT)]
    if not current and status.get(CURRENT_PERCENT) is not None:
        use = {"averageUtilization": status[CURRENT_PERCENT]}
        current = [{"type": "Resource", "resource": {"name": "cpu", "current": use}}]
    if current:
        new["status"]["currentMetrics"] = current
    if conditions := listed(notes, CONDITIONS):
        new["status"]["conditions"] = conditions
    annotate(new, {})
    default(new)
    return new


def copied(obj: View, fields: Sequence[str]) -> Object:
    return {name: clone_value(obj[name]) for name in fields if obj.get(name) is not None}


def is_share(metric: View, side: str) -> bool:
    """Use of CPU in percent: what v1 has a field for."""
    resource = metric.get("resource") or {}
    of_cpu = metric.get("type") == "Resource" and resource.get("name") == "cpu"
    return of_cpu and get(resource, f"{side}.averageUtilization") is not None


def share(metrics: Sequence[View], side: str, field: str) -> Object:
    found = [m["resource"][side]["averageUtilization"] for m in metrics if is_share(m, side)]
    return {field: found[0]} if found else {}


def annotate(hpa: Object, notes: Object) -> None:
    """The client's annotations, and of ours exactly these."""
    meta = clone(hpa.get("metadata") or {})
    others = {k: v for k, v in (meta.pop("annotations", None) or {}).items() if k not in OURS}
    if others or notes:
        meta["annotations"] = others | notes
    hpa["metadata"] = meta


def loaded(notes: View, name: str) -> Any:
    try:
        return json.loads(notes.get(name) or "null")
    except (ValueError, RecursionError):
        return None


def listed(notes: View, name: str) -> list[Object]:
    found = loaded(notes, name)
    return [i for i in found if isinstance(i, dict)] if isinstance(found, list) else []


def capitals(value: Any, change: Callable[[str], str]) -> Any:
    """Upstream writes the behaviour with the names of Go's fields: ``ScaleUp``."""
    if isinstance(value, dict):
        return {
            f"{change(k[:1])}{k[1:]}": capitals(v, change)
            for k, v in value.items()
            if v is not None
        }
    return [capitals(item, change) for item in value] if isinstance(value, list) else value
