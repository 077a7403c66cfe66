"""ReplicaSet (apps/v1)."""

from collections.abc import Iterator

from onggi.api.field_error import FieldError
from onggi.api.kind import Default, Kind, Scale, within
from onggi.api.objects import View
from onggi.kinds.apps.replicas.columns import columns
from onggi.kinds.apps.rules import check_counts, check_selector_and_template
from onggi.kinds.cells import label_selector
from onggi.kinds.checks import non_negative
from onggi.kinds.core.pod import ignored
from onggi.kinds.core.pod.advice import on_template
from onggi.kinds.core.pod.template import default_template
from onggi.kinds.fill import first_status


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec = new.get("spec") or {}
    yield from non_negative("spec.replicas", spec.get("replicas"))
    yield from non_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    yield from check_selector_and_template(spec)


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    yield from check_counts(new.get("status") or {}, "fullyLabeledReplicas")


REPLICASET = Kind(
    group="apps",
    version="v1",
    name="ReplicaSet",
    plural="replicasets",
    schema="io.k8s.api.apps.v1.ReplicaSet",
    short=("rs",),
    categories=("all",),
    scale=Scale(),
    defaults=(Default("spec.replicas", 1),),
    derived=(within("spec.template", default_template),),
    prepare=first_status({"replicas": 0}),
    immutable=("spec.selector",),
    rules=(check,),
    status_rules=(check_status,),
    columns=columns("io.k8s.api.apps.v1.ReplicaSet", label_selector),
    selectable={"status.replicas": "status.replicas"},
    ignored=ignored.at("spec.template.spec"),
    advice=(on_template,),
)
