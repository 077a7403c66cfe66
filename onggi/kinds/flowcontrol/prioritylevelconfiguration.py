"""PriorityLevelConfiguration (flowcontrol.apiserver.k8s.io/v1): a share of the server's attention.

``onggi.apiserver.fairness`` acts on it.
Source: ``pkg/apis/flowcontrol/validation/validation.go``, ``pkg/apis/flowcontrol/v1/defaults.go``,
``k8s.io/apiserver/pkg/util/shufflesharding``.
"""

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from onggi.api.field_error import (
    FieldError,
    duplicate,
    forbidden,
    invalid,
    not_supported,
    required,
)
from onggi.api.kind import Column, Kind
from onggi.api.objects import Object, View, clone_value, get
from onggi.kinds.cells import AGE, NAME, NONE
from onggi.kinds.fill import fill_absent, fill_zero, first_status, keep_metadata
from onggi.kinds.flowcontrol.bootstrap import EXEMPT, LEVELS, MANDATORY_LEVELS

GROUP = "flowcontrol.apiserver.k8s.io"
API = "@io.k8s.api.flowcontrol.v1"
MOST_QUEUES, HASH_BITS = 10_000_000, 60
PRESERVED = "flowcontrol.k8s.io/preserve-zero-concurrency-shares"
SHARES = "nominalConcurrencyShares"
QUEUING = {"handSize": 8, "queues": 64, "queueLengthLimit": 50}


def default(level: Object) -> None:
    if isinstance(exempt := get(level, "spec.exempt"), dict):
        fill_absent(exempt, {SHARES: 0, "lendablePercent": 0})
    if isinstance(limited := get(level, "spec.limited"), dict):
        fill_absent(limited, {SHARES: 30, "lendablePercent": 0})
        if isinstance(queuing := get(limited, "limitResponse.queuing"), dict):
            fill_zero(queuing, QUEUING)


def check(new: View, old: View | None) -> Iterator[FieldError]:
    name, spec = get(new, "metadata.name") or "", new.get("spec") or {}
    if PRESERVED in (get(new, "metadata.annotations") or {}):
        yield forbidden("metadata.annotations", f"annotation '{PRESERVED}' is forbidden")
    yield from check_spec(spec, name)
    yield from check_fixed(spec, name)
    yield from check_conditions(new, old)


def check_spec(spec: View, name: str) -> Iterator[FieldError]:
    kind, exempt, limited = spec.get("type") or "", spec.get("exempt"), spec.get("limited")
    if (name == EXEMPT) != (kind == "Exempt"):
        yield invalid("spec.type", kind, "must be 'Exempt' if and only if `name` is 'exempt'")
    if kind == "Exempt":
        if limited is not None:
            yield forbidden("spec.limited", "must be nil if the type is not Limited")
        yield from check_share(exempt or {}, "spec.exempt")
    elif kind == "Limited":
        if exempt is not None:
            yield forbidden("spec.exempt", "must be nil if the type is Limited")
        if limited is None:
            yield required("spec.limited", "must not be empty when type is Limited")
        else:
            yield from check_limited(limited, "spec.limited")
    elif not kind:
        yield required("spec.type")
    else:
        yield not_supported("spec.type", kind, ("Exempt", "Limited"))


def check_share(share: View, path: str) -> Iterator[FieldError]:
    if (share.get(SHARES) or 0) < 0:
        yield invalid(f"{path}.{SHARES}", share[SHARES], "must be a non-negative integer")
    if not 0 <= (lent := share.get("lendablePercent") or 0) <= 100:
        yield invalid(f"{path}.lendablePercent", lent, "must be between 0 and 100, inclusive")


def check_limited(limited: View, path: str) -> Iterator[FieldError]:
    yield from check_share(limited, path)
    yield from check_response(limited.get("limitResponse") or {}, f"{path}.limitResponse")
    if (limit := limited.get("borrowingLimitPercent") or 0) < 0:
        detail = "if specified, must be a non-negative integer"
        yield invalid(f"{path}.borrowingLimitPercent", limit, detail)


def check_response(response: View, path: str) -> Iterator[FieldError]:
    kind, queuing = response.get("type") or "", response.get("queuing")
    if kind == "Reject":
        if queuing is not None:
            detail = "must be nil if limited.limitResponse.type is not Limited"
            yield forbidden(f"{path}.queuing", detail)
    elif kind == "Queue":
        if queuing is None:
            detail = "must not be empty if limited.limitResponse.type is Limited"
            yield required(f"{path}.queuing", detail)
        else:
            yield from check_queuing(queuing, f"{path}.queuing")
    elif not kind:
        yield required(f"{path}.type")
    else:
        yield not_supported(f"{path}.type", kind, ("Queue", "Reject"))


def check_queuing(queuing: View, path: str) -> Iterator[FieldError]:
    queues, hand = queuing.get("queues") or 0, queuing.get("handSize") or 0
    if (length := queuing.get("queueLengthLimit") or 0) <= 0:
        yield invalid(f"{path}.queueLengthLimit", length, "must be positive")
    if queues <= 0:
        yield invalid(f"{path}.queues", queues, "must be positive")
    elif queues > MOST_QUEUES:
        yield invalid(f"{path}.queues", queues, f"must not be greater than {MOST_QUEUES}")
    if hand <= 0:
        yield invalid(f"{path}.handSize", hand, "must be positive")
    elif hand > queues:
        detail = f"should not be greater than queues ({queues})"
        yield invalid(f"{path}.handSize", hand, detail)
    elif math.ceil(math.log2(queues) * hand) > HASH_BITS:
        detail = (
            f"required entropy bits of deckSize {queues} and handSize {hand} should not be "
            f"greater than {HASH_BITS}"
        )
        yield invalid(f"{path}.handSize", hand, detail)


def check_fixed(spec: View, name: str) -> Iterator[FieldError]:
    """The mandatory levels are as they are; of ``exempt`` only its shares may change."""
    if name not in MANDATORY_LEVELS:
        return
    wanted, found = clone_value(LEVELS[name]), clone_value(spec)
    if name == EXEMPT:
        wanted.pop("exempt", None)
        found.pop("exempt", None)
    if found != wanted:
        but = " except the 'spec.exempt' field" if name == EXEMPT else ""
        yield invalid("spec", spec, f"spec of '{name}'{but} must equal the fixed value")


def check_conditions(new: View, old: View | None) -> Iterator[FieldError]:
    """Of both kinds of this group: each type once, and not empty."""
    seen: set[str] = set()
    for index, condition in enumerate(get(new, "status.conditions") or ()):
        path, kind = f"status.conditions[{index}].type", condition.get("type") or ""
        if kind in seen:
            yield duplicate(path, kind)
        seen.add(kind)
        if not kind:
            yield required(path)


def limited(path: str) -> Any:
    def shown(level: View, now: datetime) -> Any:
        return get(level, f"spec.limited.{path}", NONE)

    return shown


QUEUE = "limitResponse.queuing"
PRIORITYLEVELCONFIGURATION = Kind(
    group=GROUP,
    version="v1",
    name="PriorityLevelConfiguration",
    plural="prioritylevelconfigurations",
    schema="io.k8s.api.flowcontrol.v1.PriorityLevelConfiguration",
    namespaced=False,
    derived=(default,),
    prepare=first_status({}),
    prepare_status=keep_metadata,
    rules=(check,),
    status_rules=(check_conditions,),
    columns=(
        NAME,
        Column("Type", "spec.type", description=f"{API}.PriorityLevelConfigurationSpec.type"),
        Column("NominalConcurrencyShares", limited(SHARES),
               description=f"{API}.LimitedPriorityLevelConfiguration.{SHARES}"),
        Column("Queues", limited(f"{QUEUE}.queues"),
               description=f"{API}.QueuingConfiguration.queues"),
        Column("HandSize", limited(f"{QUEUE}.handSize"),
               description=f"{API}.QueuingConfiguration.handSize"),
        Column("QueueLengthLimit", limited(f"{QUEUE}.queueLengthLimit"),
               description=f"{API}.QueuingConfiguration.queueLengthLimit"),
        AGE,
    ),
)  # fmt: skip
