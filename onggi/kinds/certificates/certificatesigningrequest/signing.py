"""Approved requests to the cluster's own signers get their certificate.

    signing(pki.issue)     the controller; who holds the authority's key does the signing

Source: ``pkg/controller/certificates/signer/signer.go``.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from onggi.api.objects import Object, View, get
from onggi.api.plan import Controller, Plan, Update, World
from onggi.api.times import stamp
from onggi.kinds.certificates.certificatesigningrequest import pem, subject
from onggi.kinds.certificates.certificatesigningrequest.kind import CERTIFICATESIGNINGREQUEST
from onggi.kinds.certificates.certificatesigningrequest.rules import types_of

if TYPE_CHECKING:
    from cryptography.x509 import CertificateSigningRequest

LIFE = timedelta(days=365)  # upstream's --cluster-signing-duration
SHORTEST = timedelta(minutes=10)


class Order(NamedTuple):
    """What is to be signed."""

    request: "CertificateSigningRequest"
    usages: Sequence[str]
    life: timedelta
    now: datetime


Sign = Callable[[Order], str]  # → the certificate, PEM in base64


def signing(sign: Sign) -> Controller:
    """The four ``csrsigning`` controllers of upstream in one."""

    def reconcile(request: View, world: World, now: datetime) -> Plan:
        check = subject.SIGNERS.get(get(request, "spec.signerName") or "")
        types = types_of(request)
        if check is None or "Approved" not in types or {"Denied", "Failed"} & types:
            return Plan()
        if get(request, "status.certificate"):
            return Plan()
        read = pem.read_request(get(request, "spec.request") or "")
        usages = get(request, "spec.usages") or []
        if wrong := check(subject.asked(read, usages)):
            return failed(request, wrong, now)
        order = Order(read, usages, life(get(request, "spec.expirationSeconds")), now)
        return written(request, {"certificate": sign(order)})

    return Controller(
        name="certificatesigningrequest-signing-controller",
        account="certificate-controller",
        kind=CERTIFICATESIGNINGREQUEST,
        reconcile=reconcile,
    )


def life(seconds: int | None) -> timedelta:
    if seconds is None:
        return LIFE
    return max(SHORTEST, min(LIFE, timedelta(seconds=seconds)))


def failed(request: View, why: str, now: datetime) -> Plan:
    condition = {
        "type": "Failed",
        "status": "True",
        "reason": "SignerValidationFailure",
        "message": why,
        "lastUpdateTime": stamp(now),
    }
    conditions = [*(get(request, "status.conditions") or ()), condition]
    return written(request, {"conditions": conditions})


def written(request: View, change: Object) -> Plan:
    status = {**(request.get("status") or {}), **change}
    new = {**request, "status": status}
    return Plan([Update(CERTIFICATESIGNINGREQUEST, new, subresource="status")])
