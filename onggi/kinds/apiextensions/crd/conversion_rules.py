"""How a definition's versions become each other.

Source: ``…/apis/apiextensions/validation/validation.go`` (validateCustomResourceConversion).
"""

from collections.abc import Iterator, Sequence

from onggi.api.conditions import is_true
from onggi.api.field_error import FieldError, forbidden, invalid, required
from onggi.api.objects import View, get
from onggi.kinds.admissionregistration import client_config
from onggi.kinds.admissionregistration.review_versions import KNOWN, check_each
from onggi.kinds.apiextensions.crd import bundle
from onggi.kinds.checks import choice

CONFIG = "spec.conversion.webhookClientConfig"
VERSIONS = "spec.conversion.conversionReviewVersions"
NOT_SET = "should not be set when strategy is not set to Webhook"


def check(conversion: View, old: View | None) -> Iterator[FieldError]:
    yield from choice("spec.conversion.strategy", conversion.get("strategy"), ("None", "Webhook"))
    webhook = conversion.get("webhook") or {}
    config, versions = webhook.get("clientConfig"), webhook.get("conversionReviewVersions")
    if conversion.get("strategy") != "Webhook":
        if config is not None:
            yield forbidden(CONFIG, NOT_SET)
        if versions:
            yield forbidden(VERSIONS, NOT_SET)
        return
    if config is None:
        yield required(CONFIG, "required when strategy is set to Webhook")
    else:
        yield from client_config.check(config, CONFIG)
        yield from check_bundle(config.get("caBundle") or "", old)
    yield from check_review_versions(versions or (), old)


def check_bundle(given: str, old: View | None) -> Iterator[FieldError]:
    """Until a definition is established it may have any; it is not established then."""
    if not given or old is None or not is_true(old, "Established"):
        return
    before = get(old, "spec.conversion.webhook.clientConfig.caBundle")
    if before and bundle.problem(before):
        return
    if problem := bundle.problem(given):
        yield invalid(f"{CONFIG}.caBundle", given, problem)


def check_review_versions(versions: Sequence[str], old: View | None) -> Iterator[FieldError]:
    if not versions:
        yield required(VERSIONS)
        return
    yield from check_each(versions, VERSIONS)
    before = get(old or {}, "spec.conversion.webhook.conversionReviewVersions") or KNOWN
    if not set(KNOWN) & set(versions) and set(KNOWN) & set(before):
        yield invalid(VERSIONS, list(versions), f"must include at least one of {', '.join(KNOWN)}")
