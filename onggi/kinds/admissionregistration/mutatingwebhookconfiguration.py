"""MutatingWebhookConfiguration (admissionregistration.k8s.io/v1): webhooks that are asked about
writes, and may change the object."""

from collections.abc import Iterator
from datetime import datetime

from onggi.api.field_error import FieldError
from onggi.api.kind import Column, Default, Kind
from onggi.api.objects import View
from onggi.kinds.admissionregistration.webhooks import DEFAULTS, checks, default, hooks
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.checks import optional_choice


def check(hook: View, path: str) -> Iterator[FieldError]:
    allowed = ("IfNeeded", "Never")
    yield from optional_choice(
        f"{path}.reinvocationPolicy", hook.get("reinvocationPolicy"), allowed
    )


REGISTERED = "Webhooks indicates the number of webhooks registered in this configuration"


def count(configuration: View, now: datetime) -> int:
    return len(hooks(configuration))


MUTATINGWEBHOOKCONFIGURATION = Kind(
    group="admissionregistration.k8s.io",
    version="v1",
    name="MutatingWebhookConfiguration",
    plural="mutatingwebhookconfigurations",
    schema="io.k8s.api.admissionregistration.v1.MutatingWebhookConfiguration",
    namespaced=False,
    categories=("api-extensions",),
    status=False,
    defaults=(*DEFAULTS, Default("webhooks[*].reinvocationPolicy", "Never")),
    derived=(default,),
    rules=(checks(check),),
    columns=(
        NAME,
        Column("Webhooks", count,
               description=REGISTERED),
        AGE,
    ),
)  # fmt: skip
