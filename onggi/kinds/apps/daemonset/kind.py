"""DaemonSet (apps/v1): one pod on every node that suits.

Sources: ``pkg/apis/apps/v1/defaults.go``, ``pkg/apis/apps/validation/validation.go``,
``pkg/registry/apps/daemonset/strategy.go``.
"""

from collections.abc import Iterator

from onggi.api.field_error import FieldError, invalid, not_supported, required
from onggi.api.kind import Column, Default, Kind, within
from onggi.api.objects import Object, View, get
from onggi.kinds.apps.rules import (
    check_at_most_all,
    check_collisions,
    check_running,
    check_selector,
    check_share,
    check_template_labels,
    is_zero,
)
from onggi.kinds.cells import AGE, NAME, containers_of, label_map, label_selector
from onggi.kinds.checks import non_negative
from onggi.kinds.core.pod import ignored
from onggi.kinds.core.pod.advice import on_template
from onggi.kinds.core.pod.rules import check_template
from onggi.kinds.core.pod.template import default_template

SPEC, STATUS = "@io.k8s.api.apps.v1.DaemonSetSpec", "@io.k8s.api.apps.v1.DaemonSetStatus"
ROLLING = ("spec.updateStrategy.type", "RollingUpdate")
STRATEGIES = ("RollingUpdate", "OnDelete")
TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
FIGURES = (
    "currentNumberScheduled",
    "numberMisscheduled",
    "desiredNumberScheduled",
    "numberReady",
    "observedGeneration",
    "updatedNumberScheduled",
    "numberAvailable",
    "numberUnavailable",
)
NO_FIGURES = {"currentNumberScheduled": 0, "numberMisscheduled": 0, "desiredNumberScheduled": 0,
              "numberReady": 0}  # fmt: skip


def prepare(ds: Object, old: View | None) -> None:
    """The template's generation is kept in an annotation, as before there were revisions."""
    generation = template_generation(old) if old else 0
    if old is None:
        ds["status"] = dict(NO_FIGURES)
        generation = max(template_generation(ds), 1)
    elif get(ds, "spec.template") != get(old, "spec.template"):
        generation += 1
    annotations = ds["metadata"].get("annotations") or {}
    ds["metadata"]["annotations"] = {**annotations, TEMPLATE_GENERATION: str(generation)}


def template_generation(ds: View) -> int:
    text = (get(ds, "metadata.annotations") or {}).get(TEMPLATE_GENERATION, "")
    return int(text) if text.isascii() and text.isdigit() else 0


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec = new.get("spec") or {}
    template = spec.get("template") or {}
    yield from check_selector(spec.get("selector"), "empty selector is invalid for daemonset")
    yield from check_template_labels(spec)
    yield from check_template(template, "spec.template")
    yield from check_running(template.get("spec") or {}, "spec.template.spec", "DaemonSet")
    yield from non_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    yield from check_strategy(spec.get("updateStrategy") or {}, "spec.updateStrategy")
    yield from non_negative("spec.revisionHistoryLimit", spec.get("revisionHistoryLimit"))


def check_strategy(strategy: View, path: str) -> Iterator[FieldError]:
    kind, rolling = strategy.get("type"), strategy.get("rollingUpdate")
    if kind not in STRATEGIES:
        yield not_supported(path, dict(strategy), STRATEGIES)
    elif kind == "RollingUpdate" and rolling is None:
        yield required(f"{path}.rollingUpdate")
    elif kind == "RollingUpdate" and rolling is not None:
        yield from check_rolling(rolling, f"{path}.rollingUpdate")


def check_rolling(rolling: View, path: str) -> Iterator[FieldError]:
    """One of the two says how; never both, never neither."""
    unavailable, surge = rolling.get("maxUnavailable"), rolling.get("maxSurge")
    yield from check_share(unavailable, f"{path}.maxUnavailable")
    yield from check_share(surge, f"{path}.maxSurge")
    yield from check_at_most_all(unavailable, f"{path}.maxUnavailable")
    yield from check_at_most_all(surge, f"{path}.maxSurge")
    if is_zero(unavailable) and is_zero(surge):
        yield required(f"{path}.maxUnavailable", "cannot be 0 when maxSurge is 0")
    elif not is_zero(unavailable) and not is_zero(surge):
        detail = "may not be set when maxUnavailable is non-zero"
        yield invalid(f"{path}.maxSurge", surge, detail)


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    status = new.get("status") or {}
    for field in FIGURES:
        yield from non_negative(f"status.{field}", status.get(field))
    yield from check_collisions(status, (old or {}).get("status") or {})


def figure(name: str, field: str) -> Column:
    return Column(name, lambda ds, now: get(ds, f"status.{field}", 0), "integer",
                  description=f"{STATUS}.{field}")  # fmt: skip


DAEMONSET = Kind(
    group="apps",
    version="v1",
    name="DaemonSet",
    plural="daemonsets",
    schema="io.k8s.api.apps.v1.DaemonSet",
    short=("ds",),
    categories=("all",),
    defaults=(
        Default("spec.updateStrategy.type", "RollingUpdate"),
        Default("spec.updateStrategy.rollingUpdate.maxUnavailable", 1, when=ROLLING),
        Default("spec.updateStrategy.rollingUpdate.maxSurge", 0, when=ROLLING),
        Default("spec.revisionHistoryLimit", 10),
    ),
    derived=(within("spec.template", default_template),),
    prepare=prepare,
    immutable=("spec.selector",),
    rules=(check,),
    status_rules=(check_status,),
    columns=(
        NAME,
        figure("Desired", "desiredNumberScheduled"),
        figure("Current", "currentNumberScheduled"),
        figure("Ready", "numberReady"),
        figure("Up-to-date", "updatedNumberScheduled"),
        figure("Available", "numberAvailable"),
        Column("Node Selector",
               lambda ds, now: label_map(get(ds, "spec.template.spec.nodeSelector")),
               description="@io.k8s.api.core.v1.PodSpec.nodeSelector"),
        AGE,
        *containers_of("spec.template"),
        Column("Selector", lambda ds, now: label_selector(get(ds, "spec.selector")), wide=True,
               description=f"{SPEC}.selector"),
    ),
    ignored=ignored.at("spec.template.spec"),
    advice=(on_template,),
)  # fmt: skip
