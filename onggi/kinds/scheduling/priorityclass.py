"""PriorityClass (scheduling.k8s.io/v1)."""

from collections.abc import Iterator

from onggi.api.field_error import FieldError, forbidden, immutable
from onggi.api.kind import Column, Default, Kind
from onggi.api.objects import View, get
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.checks import choice

CLASS = "@io.k8s.api.scheduling.v1.PriorityClass"
HIGHEST = 1_000_000_000  # that users may give
# The classes every cluster is born with.
SYSTEM = {"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000}


def check(new: View, old: View | None) -> Iterator[FieldError]:
    """Source: ``pkg/apis/scheduling/validation/validation.go``."""
    name, value = get(new, "metadata.name") or "", new.get("value") or 0
    if name.startswith("system-"):
        if wrong := not_system(name, value, bool(new.get("globalDefault"))):
            detail = (
                "priority class names with 'system-' prefix are reserved for system use only. "
                f"error: {wrong}"
            )
            yield forbidden("metadata.name", detail)
    elif value > HIGHEST:
        detail = f"maximum allowed value of a user defined priority is {HIGHEST}"
        yield forbidden("value", detail)
    policy = new.get("preemptionPolicy")
    if policy is not None:
        yield from choice("preemptionPolicy", policy, ("PreemptLowerPriority", "Never"))
    if old is None:
        return
    if value != (old.get("value") or 0):
        yield forbidden("value", "may not be changed in an update.")
    if policy != old.get("preemptionPolicy"):
        yield immutable("preemptionPolicy", policy)


def not_system(name: str, value: int, is_default: bool) -> str:
    """Why this is none of the system's own classes; empty if it is."""
    if name not in SYSTEM:
        return f"{name} is not a known system priority class"
    if value != SYSTEM[name]:
        return f"value of {name} PriorityClass must be {SYSTEM[name]}"
    return f"globalDefault of {name} PriorityClass must be false" if is_default else ""


PRIORITYCLASS = Kind(
    group="scheduling.k8s.io",
    version="v1",
    name="PriorityClass",
    plural="priorityclasses",
    schema="io.k8s.api.scheduling.v1.PriorityClass",
    namespaced=False,
    short=("pc",),
    status=False,
    defaults=(Default("preemptionPolicy", "PreemptLowerPriority"),),
    rules=(check,),
    columns=(
        NAME,
        Column("Value", "value", "integer", description=f"{CLASS}.value"),
        Column("Global-Default", lambda pc, now: bool(pc.get("globalDefault")), "boolean",
               description=f"{CLASS}.globalDefault"),
        AGE,
        Column("PreemptionPolicy", "preemptionPolicy", description=f"{CLASS}.preemptionPolicy"),
    ),
)  # fmt: skip
