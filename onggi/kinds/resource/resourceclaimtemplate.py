"""ResourceClaimTemplate (resource.k8s.io/v1): what the claims of a pod are made from.

Source: ``pkg/apis/resource/validation/validation.go`` (ValidateResourceClaimTemplate).
"""

from collections.abc import Iterator

from onggi.api.field_error import FieldError, forbidden, immutable
from onggi.api.kind import Kind
from onggi.api.meta import check_annotations, check_labels
from onggi.api.objects import Object, View, get
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.resource.requests import check_claim_spec, default_claim
from onggi.kinds.resource.values import advise

PATH = "spec.metadata"


def default(template: Object) -> None:
    default_claim(get(template, "spec.spec"))


def check(new: View, old: View | None) -> Iterator[FieldError]:
    if old is not None:
        if new.get("spec") != old.get("spec"):
            yield immutable("spec", new.get("spec"))
        return
    meta = get(new, PATH) or {}
    yield from check_annotations(meta.get("annotations") or {}, f"{PATH}.annotations")
    yield from check_labels(meta.get("labels") or {}, f"{PATH}.labels")
    for field in sorted(set(meta) - {"annotations", "labels"}):
        yield forbidden(f"{PATH}.{field}", "cannot be set")
    yield from check_claim_spec(get(new, "spec.spec") or {}, "spec.spec")


RESOURCECLAIMTEMPLATE = Kind(
    group="resource.k8s.io",
    version="v1",
    name="ResourceClaimTemplate",
    plural="resourceclaimtemplates",
    schema="io.k8s.api.resource.v1.ResourceClaimTemplate",
    status=False,
    derived=(default,),
    rules=(check,),
    advice=(advise,),
    columns=(NAME, AGE),
)
