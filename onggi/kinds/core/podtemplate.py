"""PodTemplate (v1): a template on its own, for controllers that are not built in."""

from collections.abc import Iterator
from datetime import datetime

from onggi.api.field_error import FieldError
from onggi.api.kind import Column, Kind, within
from onggi.api.objects import View, get
from onggi.kinds.cells import NAME, containers_of, label_map
from onggi.kinds.core.pod.advice import about
from onggi.kinds.core.pod.rules import check_template
from onggi.kinds.core.pod.template import default_template


def check(new: View, old: View | None) -> Iterator[FieldError]:
    yield from check_template(new.get("template") or {}, "template")


def advise(new: View, old: View | None) -> Iterator[str]:
    template = new.get("template") or {}
    if old is None or template != old.get("template"):
        yield from about(template, "template.")


def labels(template: View, now: datetime) -> str:
    return label_map(get(template, "template.metadata.labels"))


PODTEMPLATE = Kind(
    group="",
    version="v1",
    name="PodTemplate",
    plural="podtemplates",
    schema="io.k8s.api.core.v1.PodTemplate",
    status=False,
    derived=(within("template", default_template),),
    rules=(check,),
    columns=(
        NAME,
        *(column._replace(wide=False) for column in containers_of("template")),
        Column("Pod Labels", labels, description="The labels for the pod template."),
    ),
    advice=(advise,),
)
