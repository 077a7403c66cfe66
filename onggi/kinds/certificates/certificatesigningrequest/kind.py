"""CertificateSigningRequest (certificates.k8s.io/v1): somebody asks for a certificate.

pem.py        what is in the request and in the certificate
rules.py      what it may say, and what may change
approve.py    which requests of nodes are approved without being asked about
signing.py    which requests the cluster's own signers sign, and as what
cleaner.py    when it is forgotten

Who asks is written in by admission (``onggi.apiserver.plugins.certificates``). Sources:
``pkg/registry/certificates/certificates/strategy.go``,
``pkg/printers/internalversion/printers.go`` (printCertificateSigningRequest).
"""

from datetime import datetime, timedelta

from onggi.api.durations import human
from onggi.api.kind import Column, Kind, Subresource
from onggi.api.objects import Object, View, clone_value, get
from onggi.kinds.cells import AGE, NAME, NONE
from onggi.kinds.certificates.certificatesigningrequest.rules import (
    check,
    check_approval,
    check_status,
)

SPEC = "@io.k8s.api.certificates.v1.CertificateSigningRequestSpec"
STATUS = "@io.k8s.api.certificates.v1.CertificateSigningRequestStatus"
DECISIONS = ("Approved", "Denied")


def prepare(request: Object, old: View | None) -> None:
    if old is None:
        request["status"] = {}
    else:
        request["spec"] = clone_value(old.get("spec") or {})


def prepare_status(request: Object, old: View | None) -> None:
    """Approved and Denied stay as they are; that none comes or goes is a rule."""
    conditions = get(request, "status.conditions") or []
    for type in DECISIONS:
        before = [c for c in get(old or {}, "status.conditions") or () if c.get("type") == type]
        places = [index for index, c in enumerate(conditions) if c.get("type") == type]
        if len(before) == len(places):
            for index, condition in zip(places, before, strict=True):
                conditions[index] = clone_value(condition)


def prepare_approval(request: Object, old: View | None) -> None:
    """Only the conditions change."""
    conditions = get(request, "status.conditions")
    request["spec"] = clone_value((old or {}).get("spec") or {})
    request["status"] = clone_value((old or {}).get("status") or {})
    if conditions:
        request["status"]["conditions"] = conditions
    else:
        request["status"].pop("conditions", None)


def requested_duration(request: View, now: datetime) -> str:
    seconds = get(request, "spec.expirationSeconds")
    return NONE if seconds is None else human(timedelta(seconds=seconds))


def condition(request: View, now: datetime) -> str:
    """``Approved,Issued``."""
    types = {c.get("type") for c in get(request, "status.conditions") or ()}
    shown = "Denied" if "Denied" in types else "Approved" if "Approved" in types else "Pending"
    failed = ",Failed" if "Failed" in types else ""
    return f"{shown}{failed}{',Issued' if get(request, 'status.certificate') else ''}"


CERTIFICATESIGNINGREQUEST = Kind(
    group="certificates.k8s.io",
    version="v1",
    name="CertificateSigningRequest",
    plural="certificatesigningrequests",
    schema="io.k8s.api.certificates.v1.CertificateSigningRequest",
    namespaced=False,
    short=("csr",),
    name_rule="path",
    prepare=prepare,
    prepare_status=prepare_status,
    rules=(check,),
    status_rules=(check_status,),
    columns=(
        NAME,
        AGE,
        Column("SignerName", lambda csr, now: get(csr, "spec.signerName") or NONE,
               description=f"{SPEC}.signerName"),
        Column("Requestor", "spec.username", description=f"{SPEC}.request"),
        Column("RequestedDuration", requested_duration, description=f"{SPEC}.expirationSeconds"),
        Column("Condition", condition, description=f"{STATUS}.conditions"),
    ),
    selectable={"spec.signerName": "spec.signerName"},
    subresources=(
        Subresource(
            "approval",
            "CertificateSigningRequest",
            ("get", "patch", "update"),
            prepare=prepare_approval,
            rules=(check_approval,),
        ),
    ),
)  # fmt: skip
