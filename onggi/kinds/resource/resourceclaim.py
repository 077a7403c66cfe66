"""ResourceClaim (resource.k8s.io/v1): a request for devices, and what it got.

Kept, not acted upon yet: nothing allocates devices, and each creation says so.
Source: ``pkg/apis/resource/validation/validation.go``,
``pkg/printers/internalversion/printers.go`` (resourceClaimState).
"""

from collections.abc import Iterator
from datetime import datetime

from onggi.api.field_error import FieldError, immutable
from onggi.api.kind import Column, Kind
from onggi.api.objects import Object, View, get, is_going
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.resource.requests import check_claim_spec, default_claim
from onggi.kinds.resource.results import check_status
from onggi.kinds.resource.values import advise


def default(claim: Object) -> None:
    default_claim(claim.get("spec"))


def check(new: View, old: View | None) -> Iterator[FieldError]:
    if old is None:
        yield from check_claim_spec(new.get("spec") or {}, "spec")
    elif new.get("spec") != old.get("spec"):
        yield immutable("spec", new.get("spec"))


def state(claim: View, now: datetime) -> str:
    """``pending``, ``allocated``, ``allocated,reserved``, ``deleted,allocated``."""
    going = is_going(claim)
    states = ["deleted"] if going else []
    if get(claim, "status.allocation") is not None:
        states.append("allocated")
        if get(claim, "status.reservedFor"):
            states.append("reserved")
    elif not going:
        states.append("pending")
    return ",".join(states)


RESOURCECLAIM = Kind(
    group="resource.k8s.io",
    version="v1",
    name="ResourceClaim",
    plural="resourceclaims",
    schema="io.k8s.api.resource.v1.ResourceClaim",
    derived=(default,),
    rules=(check,),
    status_rules=(check_status,),
    advice=(advise,),
    columns=(
        NAME,
        Column("State", state,
               description="A summary of the current state (allocated, pending, reserved, etc.)."),
        AGE,
    ),
)  # fmt: skip
