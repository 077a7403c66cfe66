"""Requests are forgotten an hour after they were answered, a day after nobody answered.

Source: ``pkg/controller/certificates/cleaner/cleaner.go``.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from onggi.api.objects import View, get
from onggi.api.plan import Controller, Delete, Plan, World
from onggi.api.times import parse
from onggi.kinds.certificates.certificatesigningrequest import pem
from onggi.kinds.certificates.certificatesigningrequest.kind import CERTIFICATESIGNINGREQUEST

ANSWERED = timedelta(hours=1)
PENDING = timedelta(hours=24)


def reconcile(request: View, world: World, now: datetime) -> Plan:
    end = min(ends(request), default=None)
    if end is None:
        return Plan()
    if now > end:
        return Plan([Delete(CERTIFICATESIGNINGREQUEST, request)])
    return Plan(again_in=end - now)


def ends(request: View) -> Iterator[datetime]:
    """Every time after which it is of no more use."""
    conditions = get(request, "status.conditions") or ()
    certificate = get(request, "status.certificate")
    if not conditions and (created := get(request, "metadata.creationTimestamp")):
        yield parse(created) + PENDING
    for condition in conditions:
        type, at = condition.get("type"), condition.get("lastUpdateTime")
        issued = type == "Approved" and bool(certificate)
        if at and (issued or type in ("Denied", "Failed")):
            yield parse(at) + ANSWERED
        if issued and (expires := pem.expires(certificate)) is not None:
            yield expires


CONTROLLER = Controller(
    name="certificatesigningrequest-cleaner-controller",
    account="certificate-controller",
    kind=CERTIFICATESIGNINGREQUEST,
    reconcile=reconcile,
)
