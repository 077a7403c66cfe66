"""Lease (coordination.k8s.io/v1): who holds something, and since when."""

from collections.abc import Iterator

from onggi.api.field_error import FieldError, forbidden, invalid
from onggi.api.kind import Column, Kind
from onggi.api.objects import View
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.checks import NEGATIVE


def check(new: View, old: View | None) -> Iterator[FieldError]:
    """Source: ``pkg/apis/coordination/validation/validation.go``."""
    spec = new.get("spec") or {}
    seconds, transitions = spec.get("leaseDurationSeconds"), spec.get("leaseTransitions")
    if seconds is not None and seconds <= 0:
        yield invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0")
    if transitions is not None and transitions < 0:
        yield invalid("spec.leaseTransitions", transitions, NEGATIVE)
    if spec.get("preferredHolder") and not spec.get("strategy"):
        detail = "may only be specified if `strategy` is defined"
        yield forbidden("spec.preferredHolder", detail)


LEASE = Kind(
    group="coordination.k8s.io",
    version="v1",
    name="Lease",
    plural="leases",
    schema="io.k8s.api.coordination.v1.Lease",
    status=False,
    rules=(check,),
    columns=(
        NAME,
        Column("Holder", "spec.holderIdentity",
               description="@io.k8s.api.coordination.v1.LeaseSpec.holderIdentity"),
        AGE,
    ),
)  # fmt: skip
