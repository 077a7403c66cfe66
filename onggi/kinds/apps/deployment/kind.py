"""Deployment (apps/v1)."""

from collections.abc import Iterator

from onggi.api.field_error import FieldError, forbidden, invalid, not_supported, required
from onggi.api.kind import Column, Default, Kind, Scale, within
from onggi.api.objects import View, get
from onggi.kinds.apps.rules import (
    check_at_most_all,
    check_collisions,
    check_counts,
    check_selector_and_template,
    check_share,
    is_zero,
)
from onggi.kinds.cells import AGE, NAME, containers_of, label_selector, ready
from onggi.kinds.checks import non_negative
from onggi.kinds.core.pod import ignored
from onggi.kinds.core.pod.advice import on_template
from onggi.kinds.core.pod.template import default_template
from onggi.kinds.fill import first_status

SPEC, STATUS = "@io.k8s.api.apps.v1.DeploymentSpec", "@io.k8s.api.apps.v1.DeploymentStatus"
ROLLING = ("spec.strategy.type", "RollingUpdate")


def check(new: View, old: View | None) -> Iterator[FieldError]:
    """Source: ValidateDeploymentSpec."""
    spec = new.get("spec") or {}
    yield from non_negative("spec.replicas", spec.get("replicas"))
    yield from check_selector_and_template(spec)
    yield from check_strategy(spec.get("strategy") or {}, "spec.strategy")
    for field in ("minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"):
        yield from non_negative(f"spec.{field}", spec.get(field))
    deadline = spec.get("progressDeadlineSeconds")
    if deadline is not None and deadline <= (spec.get("minReadySeconds") or 0):
        detail = "must be greater than minReadySeconds"
        yield invalid("spec.progressDeadlineSeconds", deadline, detail)


def check_strategy(strategy: View, path: str) -> Iterator[FieldError]:
    rolling, kind = strategy.get("rollingUpdate"), strategy.get("type") or ""
    if kind == "Recreate":
        if rolling is not None:
            detail = "may not be specified when strategy `type` is 'Recreate'"
            yield forbidden(f"{path}.rollingUpdate", detail)
    elif kind != "RollingUpdate":
        yield not_supported(f"{path}.type", kind, ("Recreate", "RollingUpdate"))
    elif rolling is None:
        detail = "this should be defaulted and never be nil"
        yield required(f"{path}.rollingUpdate", detail)
    else:
        yield from check_rolling(rolling, f"{path}.rollingUpdate")


def check_rolling(rolling: View, path: str) -> Iterator[FieldError]:
    unavailable, surge = rolling.get("maxUnavailable"), rolling.get("maxSurge")
    yield from check_share(unavailable, f"{path}.maxUnavailable")
    yield from check_share(surge, f"{path}.maxSurge")
    if is_zero(unavailable) and is_zero(surge):
        detail = "may not be 0 when `maxSurge` is 0"
        yield invalid(f"{path}.maxUnavailable", unavailable, detail)
    yield from check_at_most_all(unavailable, f"{path}.maxUnavailable")


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    status, before = new.get("status") or {}, (old or {}).get("status") or {}
    yield from check_counts(status, "updatedReplicas")
    yield from check_collisions(status, before)


DEPLOYMENT = Kind(
    group="apps",
    version="v1",
    name="Deployment",
    plural="deployments",
    schema="io.k8s.api.apps.v1.Deployment",
    short=("deploy",),
    categories=("all",),
    scale=Scale(),
    defaults=(
        Default("spec.replicas", 1),
        Default("spec.strategy.type", "RollingUpdate"),
        Default("spec.strategy.rollingUpdate.maxUnavailable", "25%", when=ROLLING),
        Default("spec.strategy.rollingUpdate.maxSurge", "25%", when=ROLLING),
        Default("spec.revisionHistoryLimit", 10),
        Default("spec.progressDeadlineSeconds", 600),
    ),
    derived=(within("spec.template", default_template),),
    prepare=first_status({}),
    immutable=("spec.selector",),
    rules=(check,),
    status_rules=(check_status,),
    columns=(
        NAME,
        Column("Ready", ready,
               description="Number of the pod with ready state"),
        Column("Up-to-date", lambda d, now: get(d, "status.updatedReplicas", 0),
               description=f"{STATUS}.updatedReplicas"),
        Column("Available", lambda d, now: get(d, "status.availableReplicas", 0),
               description=f"{STATUS}.availableReplicas"),
        AGE,
        *containers_of("spec.template"),
        Column("Selector", lambda d, now: label_selector(get(d, "spec.selector"), ""), wide=True,
               description=f"{SPEC}.selector"),
    ),
    ignored=ignored.at("spec.template.spec"),
    advice=(on_template,),
)  # fmt: skip
