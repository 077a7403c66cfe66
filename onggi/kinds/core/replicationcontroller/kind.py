"""ReplicationController (v1): the ReplicaSet's ancestor, whose selector is a plain map of labels.

Sources: ``pkg/apis/core/v1/defaults.go``, ``pkg/apis/core/validation/validation.go``
(ValidateReplicationControllerSpec).
"""

from collections.abc import Iterator

from onggi.api.field_error import FieldError, required
from onggi.api.kind import Default, Kind, Scale
from onggi.api.objects import Object, View, clone_value, get
from onggi.api.selectors import of_labels
from onggi.kinds.apps.replicas.columns import columns
from onggi.kinds.apps.rules import check_counts, check_running, unselected
from onggi.kinds.cells import label_map
from onggi.kinds.checks import non_negative
from onggi.kinds.core.pod import ignored
from onggi.kinds.core.pod.advice import on_template
from onggi.kinds.core.pod.rules import check_template
from onggi.kinds.core.pod.template import default_template
from onggi.kinds.fill import first_status


def default_labels(rc: Object) -> None:
    """Selector and labels are the template's, where the user gave none; a template is optional."""
    spec = rc.get("spec")
    template = spec.get("template") if isinstance(spec, dict) else None
    if not isinstance(spec, dict) or not isinstance(template, dict):
        return
    default_template(template)
    if labels := get(template, "metadata.labels"):
        if not spec.get("selector"):
            spec["selector"] = clone_value(labels)
        if not get(rc, "metadata.labels"):
            rc.setdefault("metadata", {})["labels"] = clone_value(labels)


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec = new.get("spec") or {}
    selector, template = spec.get("selector") or {}, spec.get("template")
    yield from non_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    if not selector:
        yield required("spec.selector")
    yield from non_negative("spec.replicas", spec.get("replicas"))
    if template is None:
        yield required("spec.template")
        return
    labels = get(template, "metadata.labels")
    if not of_labels(selector).matches(labels):
        yield unselected(labels)
    yield from check_template(template, "spec.template")
    yield from check_running(
        template.get("spec") or {}, "spec.template.spec", "ReplicationController"
    )


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    yield from check_counts(new.get("status") or {}, "fullyLabeledReplicas")


REPLICATIONCONTROLLER = Kind(
    group="",
    version="v1",
    name="ReplicationController",
    plural="replicationcontrollers",
    schema="io.k8s.api.core.v1.ReplicationController",
    short=("rc",),
    categories=("all",),
    scale=Scale(labels="spec.selector"),
    defaults=(Default("spec.replicas", 1),),
    derived=(default_labels,),
    prepare=first_status({"replicas": 0}),
    rules=(check,),
    status_rules=(check_status,),
    columns=columns("io.k8s.api.core.v1.ReplicationController", label_map),
    selectable={"status.replicas": "status.replicas"},
    ignored=ignored.at("spec.template.spec"),
    advice=(on_template,),
)
