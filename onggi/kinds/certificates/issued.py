"""Whether the certificate that a signer gave a pod is the one it was asked for.

Source: ``pkg/apis/certificates/validation/validation.go``
(ValidatePodCertificateRequestStatusUpdate). That its time begins about now is not looked at:
rules have no clock.
"""

import base64
from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from onggi.api import times
from onggi.api.field_error import FieldError, invalid, required, too_long
from onggi.api.objects import View
from onggi.kinds.certificates import chains
from onggi.kinds.certificates.stub import encoded, key_of

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

CHAIN = "status.certificateChain"
LIMIT = 100 * 1024
MARGIN, SHORTEST = timedelta(minutes=10), timedelta(hours=1)
CONSISTENT = "must be present and consistent with the issued certificate"
NEEDED = {
    "notBefore": CONSISTENT,
    "notAfter": CONSISTENT,
    "beginRefreshAt": "must be present and in the range [notbefore+10min, notafter-10min]",
}


def check_issued(status: View, spec: View) -> Iterator[FieldError]:
    """The first thing wrong, as upstream."""
    text = status.get("certificateChain") or ""
    if len(text) > LIMIT:
        yield too_long(CHAIN, LIMIT)
        return
    if problem := problem_of_chain(text, spec):
        yield invalid(CHAIN, text, problem)
        return
    missing = [required(f"status.{f}", why) for f, why in NEEDED.items() if not status.get(f)]
    if missing:
        yield from missing
        return
    leaf = next(chains.blocks(text)).certificate()
    yield from list(check_times(status, leaf, spec))[:1]


def problem_of_chain(text: str, spec: View) -> str:
    found = list(chains.blocks(text))
    if not found:
        return "issued certificate chain must contain at least one certificate"
    if any(block.label != "CERTIFICATE" for block in found):
        return "issued certificate chain must consist entirely of CERTIFICATE PEM blocks"
    for index, block in enumerate(found):
        try:
            certificate = block.certificate()
            key = encoded(certificate.public_key())
        except ValueError:
            which = "intermediate" if index else "leaf"
            return f"{which} certificate does not parse as valid X.509"
        asked = key_of(base64.b64decode(spec.get("stubPKCS10Request") or ""))
        if index == 0 and key != asked:
            return "leaf certificate was not issued to the requested public key"
    return ""


def check_times(status: View, leaf: "Certificate", spec: View) -> Iterator[FieldError]:
    begins, ends = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    told = {field: times.parse(status[field]).astimezone(UTC) for field in NEEDED}
    for field, encoded_time in (("notBefore", begins), ("notAfter", ends)):
        if told[field] != encoded_time:
            word = f"{field[0].upper()}{field[1:]}"
            detail = f"must be set to the {word} time encoded in the leaf certificate"
            yield invalid(f"status.{field}", status[field], detail)
    lifetime, longest = ends - begins, spec.get("maxExpirationSeconds") or 0
    if lifetime < SHORTEST:
        yield invalid(CHAIN, str(lifetime), "leaf certificate lifetime must be >= 1 hour")
    if lifetime > timedelta(seconds=longest):
        limit = f"spec.maxExpirationSeconds ({longest})"
        yield invalid(CHAIN, str(lifetime), f"leaf certificate lifetime must be <= {limit}")
    at, path = told["beginRefreshAt"], "status.beginRefreshAt"
    if at < begins + MARGIN:
        detail = "must be at least 10 minutes after status.notBefore"
        yield invalid(path, status["beginRefreshAt"], detail)
    if at > ends - MARGIN:
        detail = "must be at least 10 minutes before status.notAfter"
        yield invalid(path, status["beginRefreshAt"], detail)
