"""ValidatingWebhookConfiguration (admissionregistration.k8s.io/v1): webhooks that are asked about
writes."""

from collections.abc import Iterator
from datetime import datetime

from onggi.api.field_error import FieldError
from onggi.api.kind import Column, Kind
from onggi.api.objects import View
from onggi.kinds.admissionregistration.webhooks import DEFAULTS, checks, default, hooks
from onggi.kinds.cells import AGE, NAME


def nothing_more(hook: View, path: str) -> Iterator[FieldError]:
    yield from ()


REGISTERED = "Webhooks indicates the number of webhooks registered in this configuration"


def count(configuration: View, now: datetime) -> int:
    return len(hooks(configuration))


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
    columns=(
        NAME,
        Column("Webhooks", count,
               description=REGISTERED),
        AGE,
    ),
)  # fmt: skip
