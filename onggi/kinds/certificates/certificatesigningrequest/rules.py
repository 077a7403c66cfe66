"""What a CertificateSigningRequest may say, and what each way of writing it may change.

Source: ``pkg/apis/certificates/validation/validation.go``.
"""

from collections.abc import Callable, Iterator, Sequence

from onggi.api import names
from onggi.api.field_error import (
    FieldError,
    duplicate,
    forbidden,
    invalid,
    not_supported,
    required,
    too_long,
)
from onggi.api.gotext import quote
from onggi.api.objects import View, get
from onggi.kinds.certificates.certificatesigningrequest import pem
from onggi.kinds.core.pod.rules.differences import difference

USAGES = (
    "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign",
    "data encipherment", "decipher only", "digital signature", "email protection",
    "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement",
    "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime",
    "server auth", "signing", "timestamping",
)  # fmt: skip
LEGACY_SIGNER = "kubernetes.io/legacy-unknown"
SHORTEST = 600  # seconds
DECISIONS = ("Approved", "Denied")
FINAL = (*DECISIONS, "Failed")
CONDITIONS = "status.conditions"
LONGEST_DOMAIN = 253
LONGEST_SIGNER = 253 + 1 + 253 + 1 + 63


def check(new: View, old: View | None) -> Iterator[FieldError]:
    if old is not None:
        return  # neither spec nor status is changed here
    spec = new.get("spec") or {}
    try:
        pem.read_request(spec.get("request") or "")
    except pem.PemError as error:
        yield invalid("spec.request", spec.get("request") or "", str(error))
    yield from check_usages(spec.get("usages") or ())
    signer = spec.get("signerName") or ""
    if signer == LEGACY_SIGNER:
        detail = "the legacy signerName is not allowed via this API version"
        yield invalid("spec.signerName", signer, detail)
    else:
        yield from check_signer(signer, "spec.signerName")
    seconds = spec.get("expirationSeconds")
    if seconds is not None and seconds < SHORTEST:
        detail = "may not specify a duration less than 600 seconds (10 minutes)"
        yield invalid("spec.expirationSeconds", seconds, detail)


def check_usages(usages: Sequence[str]) -> Iterator[FieldError]:
    if not usages:
        yield required("spec.usages", "usages must be provided")
    for index, usage in enumerate(usages):
        if usage not in USAGES:
            yield not_supported(f"spec.usages[{index}]", usage, USAGES)
    for index, usage in enumerate(usages):
        if usage in usages[:index]:
            yield duplicate(f"spec.usages[{index}]", usage)


def check_signer(signer: str, path: str) -> Iterator[FieldError]:
    """``example.com/signer``; ``example.com/namespace.name`` fits too."""
    if not signer:
        yield required(path)
        return
    domain, slash, rest = signer.partition("/")
    if not slash or "/" in rest:
        detail = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
        yield invalid(path, signer, detail)
        return
    if names.size(domain) > LONGEST_DOMAIN:
        yield too_long(path, LONGEST_DOMAIN)
    labels = domain.split(".")
    yield from check_labels(labels, domain, path, names.dns_label)
    if len(labels) < 2:
        detail = "should be a domain with at least two segments separated by dots"
        yield invalid(path, domain, detail)
    yield from check_labels(rest.split("."), rest, path, names.dns_subdomain)
    if names.size(signer) > LONGEST_SIGNER:
        yield too_long(path, LONGEST_SIGNER)


def check_labels(
    labels: Sequence[str], whole: str, path: str, rule: Callable[[str], list[str]]
) -> Iterator[FieldError]:
    """The errors of the first label that is wrong."""
    for label in labels:
        if messages := rule(label):
            for message in messages:
                yield invalid(path, whole, f"validating label {quote(label)}: {message}")
            return


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    """The signer's way: it sets the certificate once, and never decides."""
    before = old or {}
    yield from check_conditions(new, before)
    yield from check_kept(new, before)
    yield from check_decided(new, before)
    certificate, had = get(new, "status.certificate"), get(before, "status.certificate")
    if (certificate or "") == (had or ""):
        return
    if had:
        detail = "updates may not modify existing certificate content"
        yield forbidden("status.certificate", detail)
    if certificate:
        try:
            pem.check_certificates(certificate)
        except pem.PemError as error:
            yield invalid("status.certificate", "<certificate data>", str(error))


def check_approval(new: View, old: View | None) -> Iterator[FieldError]:
    """The approver's way: conditions only."""
    yield from check_conditions(new, old or {})
    yield from check_kept(new, old or {})


def check_conditions(new: View, old: View) -> Iterator[FieldError]:
    both = {*DECISIONS} <= types_of(old)
    seen: set[str] = set()
    for index, condition in enumerate(get(new, CONDITIONS) or ()):
        path, type = f"{CONDITIONS}[{index}]", condition.get("type") or ""
        if not type:
            yield required(f"{path}.type")
        yield from check_condition_status(condition.get("status") or "", type, f"{path}.status")
        if type in DECISIONS and not both and ({*DECISIONS} - {type}) & seen:
            yield invalid(
                f"{path}.type", type, "Approved and Denied conditions are mutually exclusive"
            )
        if type in seen:
            yield duplicate(f"{path}.type", type)
        seen.add(type)


def check_condition_status(status: str, type: str, path: str) -> Iterator[FieldError]:
    allowed = ("True",) if type in FINAL else ("False", "True", "Unknown")
    if not status:
        yield required(path)
    elif status not in allowed:
        yield not_supported(path, status, allowed)


def check_kept(new: View, old: View) -> Iterator[FieldError]:
    """What was decided stays."""
    for type in FINAL:
        if len(of_type(new, type)) < len(of_type(old, type)):
            detail = f"updates may not remove a condition of type {quote(type)}"
            yield forbidden(CONDITIONS, detail)


def check_decided(new: View, old: View) -> Iterator[FieldError]:
    """Only the approval subresource decides."""
    for type in DECISIONS:
        after, before = of_type(new, type), of_type(old, type)
        if len(after) > len(before):
            detail = f"updates may not add a condition of type {quote(type)}"
            yield forbidden(CONDITIONS, detail)
        elif len(after) == len(before) and after != before:
            changed = difference(before, after)
            detail = f"updates may not modify a condition of type {quote(type)}\n{changed}"
            yield forbidden(CONDITIONS, detail)


def of_type(request: View, type: str) -> list[View]:
    return [c for c in get(request, CONDITIONS) or () if c.get("type") == type]


def types_of(request: View) -> set[str]:
    return {c.get("type") or "" for c in get(request, CONDITIONS) or ()}
