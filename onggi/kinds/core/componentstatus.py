"""ComponentStatus (v1): whether the parts of the control plane are well. To be read only.

Deprecated upstream since v1.19; ``onggi.apiserver.verbs.components`` answers.
Source: ``pkg/registry/core/componentstatus/rest.go``.
"""

from collections.abc import Callable
from datetime import datetime

from onggi.api.kind import Column, Kind
from onggi.api.objects import View
from onggi.kinds.cells import NAME


def healthy(component: View) -> View | None:
    conditions = component.get("conditions") or ()
    return next((c for c in conditions if c.get("type") == "Healthy"), None)


def status(component: View, now: datetime) -> str:
    condition = healthy(component)
    if condition is None:
        return "Unknown"
    return "Healthy" if condition.get("status") == "True" else "Unhealthy"


def told(field: str) -> Callable[[View, datetime], str]:
    return lambda component, now: (healthy(component) or {}).get(field) or ""


COMPONENTSTATUS = Kind(
    group="",
    version="v1",
    name="ComponentStatus",
    plural="componentstatuses",
    schema="io.k8s.api.core.v1.ComponentStatus",
    namespaced=False,
    short=("cs",),
    verbs=("get", "list"),
    virtual=True,
    status=False,
    deprecated="v1 ComponentStatus is deprecated in v1.19+",
    columns=(
        NAME,
        Column("Status", status, description="Status of the component conditions"),
        Column("Message", told("message"), description="Message of the component conditions"),
        Column("Error", told("error"), description="Error of the component conditions"),
    ),
)
