"""What an autoscaler gets where the user left it out.

Source: ``pkg/apis/autoscaling/v2/defaults.go``.
"""

from typing import Any

from onggi.api.objects import Object
from onggi.kinds.fill import fill_absent, items, rewrite_quantity

PERIOD = 15  # seconds
UTILIZATION = 80  # percent
UP: Object = {
    "stabilizationWindowSeconds": 0,
    "selectPolicy": "Max",
    "policies": [
        {"type": "Pods", "value": 4, "periodSeconds": PERIOD},
        {"type": "Percent", "value": 100, "periodSeconds": PERIOD},
    ],
}
DOWN: Object = {
    "selectPolicy": "Max",
    "policies": [{"type": "Percent", "value": 100, "periodSeconds": PERIOD}],
}
SOURCES = ("object", "pods", "resource", "containerResource", "external")


def cpu(percent: int) -> Object:
    """The metric that v1 knows: use of CPU, in percent of what is requested."""
    target = {"type": "Utilization", "averageUtilization": percent}
    return {"type": "Resource", "resource": {"name": "cpu", "target": target}}


def default(hpa: Object) -> None:
    spec = hpa.setdefault("spec", {})
    if not isinstance(spec, dict):
        return
    fill_absent(spec, {"minReplicas": 1})
    if not spec.get("metrics"):
        spec["metrics"] = [cpu(UTILIZATION)]
    for metric in items(spec, "metrics"):
        rewrite_amounts(metric)
    if isinstance(behavior := spec.get("behavior"), dict):
        for side, rules in (("scaleUp", UP), ("scaleDown", DOWN)):
            fill_absent(behavior, {side: {}})
            if isinstance(behavior[side], dict):
                fill_absent(behavior[side], rules)
                rewrite_quantity(behavior[side], "tolerance")


def rewrite_amounts(metric: Object) -> None:
    for source in SOURCES:
        target: Any = (metric.get(source) or {}).get("target")
        if isinstance(target, dict):
            rewrite_quantity(target, "value")
            rewrite_quantity(target, "averageValue")
