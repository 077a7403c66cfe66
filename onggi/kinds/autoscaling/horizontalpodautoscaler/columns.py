"""What ``kubectl get hpa`` prints.

Source: ``printHorizontalPodAutoscaler`` in ``pkg/printers/internalversion/printers.go``.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from onggi.api.kind import Column
from onggi.api.objects import View, get
from onggi.kinds.cells import AGE, NAME, NONE, UNKNOWN

SHOWN = 2
SOURCES = {"External": "external", "Pods": "pods", "Object": "object", "Resource": "resource",
           "ContainerResource": "containerResource"}  # fmt: skip


def targets(specs: Sequence[View], statuses: Sequence[View]) -> str:
    """``cpu: 12%/80%, 3/10 + 1 more...``"""
    if not specs:
        return NONE
    seen = [statuses[i] if i < len(statuses) else {} for i in range(len(specs))]
    listed = [target(spec, status) for spec, status in zip(specs, seen, strict=True)]
    text = ", ".join(listed[:SHOWN])
    return f"{text} + {len(listed) - SHOWN} more..." if len(listed) > SHOWN else text


def target(spec: View, status: View) -> str:
    type = spec.get("type") or ""
    if type not in SOURCES:
        return "<unknown type>"
    wanted = get(spec, f"{SOURCES[type]}.target") or {}
    current = get(status, f"{SOURCES[type]}.current") or {}
    if "Resource" in type:
        name = get(spec, f"{SOURCES[type]}.name") or ""
        return f"{name}: {of_resource(wanted, current)}"
    if wanted.get("averageValue") is not None:
        each = "" if type == "Pods" else " (avg)"
        return f"{current.get('averageValue') or UNKNOWN}/{wanted['averageValue']}{each}"
    return f"{current.get('value') or UNKNOWN}/{wanted.get('value')}"


def of_resource(wanted: View, current: View) -> str:
    if wanted.get("averageValue") is not None:
        return f"{current.get('averageValue') or UNKNOWN}/{wanted['averageValue']}"
    return f"{percent(current, UNKNOWN)}/{percent(wanted, '<auto>')}"


def percent(values: View, absent: str) -> str:
    share = values.get("averageUtilization")
    return absent if share is None else f"{share}%"


def columns(face: Callable[[View], View], version: str) -> tuple[Column, ...]:
    """``face`` brings the object to v2's form, which the cells are made from."""
    spec = f"@io.k8s.api.autoscaling.{version}.HorizontalPodAutoscalerSpec"
    status = f"@io.k8s.api.autoscaling.{version}.HorizontalPodAutoscalerStatus"

    def reference(hpa: View, now: datetime) -> str:
        found = get(hpa, "spec.scaleTargetRef") or {}
        return f"{found.get('kind') or ''}/{found.get('name') or ''}"

    def metrics(hpa: View, now: datetime) -> str:
        hpa = face(hpa)
        current = get(hpa, "status.currentMetrics") or ()
        return targets(get(hpa, "spec.metrics") or (), current)

    return (
        NAME,
        Column("Reference", reference, description=f"{spec}.scaleTargetRef"),
        Column("Targets", metrics,
               description="@io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec.metrics"),
        Column("MinPods", lambda hpa, now: str(get(hpa, "spec.minReplicas", "<unset>")),
               description=f"{spec}.minReplicas"),
        Column("MaxPods", lambda hpa, now: get(hpa, "spec.maxReplicas", 0),
               description=f"{spec}.maxReplicas"),
        Column("Replicas", lambda hpa, now: get(hpa, "status.currentReplicas", 0),
               description=f"{status}.currentReplicas"),
        AGE,
    )  # fmt: skip
