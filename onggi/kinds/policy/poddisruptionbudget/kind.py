"""PodDisruptionBudget (policy/v1): how many pods may be taken away at a time on purpose.

Sources: ``pkg/apis/policy/validation/validation.go``, ``printPodDisruptionBudget`` in
``pkg/printers/internalversion/printers.go``.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from onggi.api.field_error import FieldError, invalid, not_supported
from onggi.api.kind import Column, Kind
from onggi.api.objects import View, get
from onggi.api.selectors import check_label_selector
from onggi.kinds.apps.rules import check_at_most_all, check_share
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.checks import non_negative
from onggi.kinds.conditions import check_conditions
from onggi.kinds.fill import first_status

SPEC = "@io.k8s.api.policy.v1.PodDisruptionBudgetSpec"
POLICIES = ("AlwaysAllow", "IfHealthyBudget")
BOUNDS = ("minAvailable", "maxUnavailable")
FIGURES = ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec = new.get("spec") or {}
    if all(spec.get(field) is not None for field in BOUNDS):
        detail = "minAvailable and maxUnavailable cannot be both set"
        yield invalid("spec", dict(spec), detail)
    for field in BOUNDS:
        if spec.get(field) is not None:
            yield from check_share(spec[field], f"spec.{field}")
            yield from check_at_most_all(spec[field], f"spec.{field}")
    if (selector := spec.get("selector")) is not None:
        yield from check_label_selector(selector, "spec.selector")
    policy = spec.get("unhealthyPodEvictionPolicy")
    if policy is not None and policy not in POLICIES:
        yield not_supported("spec.unhealthyPodEvictionPolicy", policy, POLICIES)


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    status = new.get("status") or {}
    yield from check_conditions(status.get("conditions") or (), "status.conditions")
    for field in FIGURES:
        yield from non_negative(f"status.{field}", status.get(field))


def bound(field: str, name: str) -> Column:
    def cell(pdb: View, now: datetime) -> Any:
        value = get(pdb, f"spec.{field}")
        return "N/A" if value is None else str(value)

    return Column(name, cell, description=f"{SPEC}.{field}")


PODDISRUPTIONBUDGET = Kind(
    group="policy",
    version="v1",
    name="PodDisruptionBudget",
    plural="poddisruptionbudgets",
    schema="io.k8s.api.policy.v1.PodDisruptionBudget",
    short=("pdb",),
    prepare=first_status(dict.fromkeys(FIGURES, 0)),
    rules=(check,),
    status_rules=(check_status,),
    columns=(
        NAME,
        bound("minAvailable", "Min Available"),
        bound("maxUnavailable", "Max Unavailable"),
        Column("Allowed Disruptions", lambda pdb, now: get(pdb, "status.disruptionsAllowed", 0),
               "integer",
               description="Calculated number of pods that may be disrupted at this time."),
        AGE,
    ),
)  # fmt: skip
