"""PodCertificateRequest (certificates.k8s.io/v1): a node asks for a certificate for a pod.

Source: ``pkg/apis/certificates/validation/validation.go``. A signer that somebody runs answers
in the status; Onggi's own nodes ask for none yet.
"""

import base64
import binascii
from collections.abc import Iterator, Sequence

from onggi.api import names
from onggi.api.field_error import (
    ABSENT,
    FieldError,
    immutable,
    invalid,
    not_supported,
    required,
    too_long,
)
from onggi.api.kind import Column, Default, Kind
from onggi.api.meta import check_annotations
from onggi.api.objects import View
from onggi.kinds.cells import NAME
from onggi.kinds.certificates.certificatesigningrequest.rules import check_signer
from onggi.kinds.certificates.issued import check_issued
from onggi.kinds.certificates.stub import problem_of_stub
from onggi.kinds.checks import named, node_name
from onggi.kinds.conditions import check_conditions
from onggi.kinds.fill import first_status, keep_metadata

SPEC = "@io.k8s.api.certificates.v1.PodCertificateRequestSpec"
SHORTEST, LONGEST_OWN, LONGEST = 3600, 86400, 91 * 86400
UID_LIMIT, STUB_LIMIT = 128, 10 * 1024
FINAL = ("Issued", "Denied", "Failed")
STUB = "spec.stubPKCS10Request"
WHO = {
    "pod": names.dns_subdomain,
    "serviceAccount": names.dns_subdomain,
    "node": node_name,
}


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec = new.get("spec") or {}
    if old is not None:
        if spec != old.get("spec"):
            yield immutable("spec", spec)
        return
    signer = spec.get("signerName") or ""
    yield from check_signer(signer, "spec.signerName")
    yield from check_user_annotations(spec.get("unverifiedUserAnnotations") or {})
    for who, rule in WHO.items():
        yield from named(f"spec.{who}Name", spec.get(f"{who}Name") or "", rule)
        uid, path = spec.get(f"{who}UID") or "", f"spec.{who}UID"
        if not uid:
            yield invalid(path, uid, "must not be empty")
        elif len(uid) > UID_LIMIT:
            yield too_long(path, UID_LIMIT)
    yield from check_lifetime(spec.get("maxExpirationSeconds"), signer)
    yield from check_stub(spec.get("stubPKCS10Request") or "")


def check_user_annotations(annotations: View) -> Iterator[FieldError]:
    path = "spec.unverifiedUserAnnotations"
    yield from check_annotations(annotations, path)
    for key in annotations:
        if "/" not in key:
            yield invalid(path, key, 'domain-prefixed key (e.g., "example.com/key") is required')


def check_lifetime(seconds: int | None, signer: str) -> Iterator[FieldError]:
    path = "spec.maxExpirationSeconds"
    domain = signer.partition("/")[0]
    own = domain == "kubernetes.io" or domain.endswith(".kubernetes.io")
    longest = LONGEST_OWN if own else LONGEST
    if seconds is None:
        yield required(path, "must be set")
    elif not SHORTEST <= seconds <= longest:
        yield invalid(path, seconds, f"must be in the range [{SHORTEST}, {longest}]")


def check_stub(text: str) -> Iterator[FieldError]:
    if not text:
        yield FieldError("FieldValueRequired", STUB, "", ABSENT)
        return
    try:
        der = base64.b64decode(text)
    except (ValueError, binascii.Error):
        der = b""
    if len(der) > STUB_LIMIT:
        yield too_long(STUB, STUB_LIMIT)
    elif problem := problem_of_stub(der):
        yield FieldError("FieldValueInvalid", STUB, problem)


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    """One decision, once; and what it says of the certificate must be so."""
    after, before = new.get("status") or {}, (old or {}).get("status") or {}
    conditions = after.get("conditions") or ()
    errors = [*check_types(conditions), *check_conditions(conditions, "status.conditions")]
    if errors:
        yield from errors
    elif types_of(before):
        if after != before:
            detail = "immutable after PodCertificateRequest is issued, denied, or failed"
            yield FieldError("FieldValueInvalid", "status", detail)
    elif types_of(after) & {"Denied", "Failed"}:
        if set(after) - {"conditions"}:
            detail = (
                "non-condition status fields must be empty when denying or failing the "
                "PodCertificateRequest"
            )
            yield FieldError("FieldValueInvalid", "status", detail)
    elif "Issued" in types_of(after):
        yield from check_issued(after, new.get("spec") or {})
    elif after != before:
        detail = 'status is immutable unless transitioning to "Issued", "Denied", or "Failed"'
        yield FieldError("FieldValueInvalid", "status", detail)


def check_types(conditions: Sequence[View]) -> Iterator[FieldError]:
    known = 0
    for index, condition in enumerate(conditions):
        path, kind = f"status.conditions.[{index}]", condition.get("type") or ""
        if kind not in FINAL:
            yield not_supported(f"{path}.type", kind, FINAL)
            continue
        known += 1
        if known > 1:
            detail = 'There may be at most one condition with type "Issued", "Denied", or "Failed"'
            yield invalid(f"{path}.type", kind, detail)
        if condition.get("status") != "True":
            yield not_supported(f"{path}.status", condition.get("status") or "", ("True",))


def types_of(status: View) -> set[str]:
    return {c.get("type") for c in status.get("conditions") or () if c.get("status") == "True"}


def state(request: View) -> str:
    found = types_of(request.get("status") or {})
    return next((kind for kind in FINAL if kind in found), "Pending")


PODCERTIFICATEREQUEST = Kind(
    group="certificates.k8s.io",
    version="v1",
    name="PodCertificateRequest",
    plural="podcertificaterequests",
    schema="io.k8s.api.certificates.v1.PodCertificateRequest",
    defaults=(Default("spec.maxExpirationSeconds", LONGEST_OWN),),
    prepare=first_status({}),
    prepare_status=keep_metadata,
    rules=(check,),
    status_rules=(check_status,),
    columns=(
        NAME,
        Column("PodName", "spec.podName", description=f"{SPEC}.podName"),
        Column("ServiceAccountName", "spec.serviceAccountName",
               description=f"{SPEC}.serviceAccountName"),
        Column("NodeName", "spec.nodeName", description=f"{SPEC}.nodeName"),
        Column("SignerName", "spec.signerName", description=f"{SPEC}.signerName"),
        Column("State", lambda request, now: state(request),
               description="Is the request Pending, Issued, Denied, or Failed?"),
    ),
    selectable={"spec.signerName": "spec.signerName", "spec.podName": "spec.podName",
                "spec.nodeName": "spec.nodeName"},
)  # fmt: skip
