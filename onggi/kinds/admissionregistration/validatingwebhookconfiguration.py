"""ValidatingWebhookConfiguration (admissionregistration.k8s.io/v1): webhooks that are asked about
writes."""

from collections.abc import Iterator

from onggi.api.field_error import FieldError
from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.kinds.admissionregistration.webhooks import COLUMNS, DEFAULTS, checks, default


def nothing_more(hook: View, path: str) -> Iterator[FieldError]:
    yield from ()


VALIDATINGWEBHOOKCONFIGURATION = Kind(
    group="admissionregistration.k8s.io",
    version="v1",
    name="ValidatingWebhookConfiguration",
    plural="validatingwebhookconfigurations",
    schema="io.k8s.api.admissionregistration.v1.ValidatingWebhookConfiguration",
    namespaced=False,
    categories=("api-extensions",),
    status=False,
    defaults=DEFAULTS,
    derived=(default,),
    rules=(checks(nothing_more),),
    columns=COLUMNS,
)
