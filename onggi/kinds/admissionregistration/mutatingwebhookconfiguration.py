"""MutatingWebhookConfiguration (admissionregistration.k8s.io/v1): webhooks that are asked about
writes, and may change the object."""

from collections.abc import Iterator

from onggi.api.field_error import FieldError
from onggi.api.kind import Default, Kind
from onggi.api.objects import View
from onggi.kinds.admissionregistration.webhooks import COLUMNS, DEFAULTS, checks, default
from onggi.kinds.checks import optional_choice


def check(hook: View, path: str) -> Iterator[FieldError]:
    allowed = ("IfNeeded", "Never")
    yield from optional_choice(
        f"{path}.reinvocationPolicy", hook.get("reinvocationPolicy"), allowed
    )


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
    columns=COLUMNS,
)
