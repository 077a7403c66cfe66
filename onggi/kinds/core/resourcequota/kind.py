"""ResourceQuota (v1): how much of each thing a namespace may have, and how much it has.

rules.py    what a quota may say
scopes.py   which objects a quota is about
usage.py    what one object counts for

Sources: ``pkg/registry/core/resourcequota/strategy.go``,
``pkg/printers/internalversion/printers.go`` (printResourceQuota).
"""

from collections.abc import Callable
from datetime import datetime

from onggi.api.kind import Column, Kind
from onggi.api.objects import Object, View, get
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.core.resourcequota.rules import check, check_status
from onggi.kinds.fill import normalize_amounts

AMOUNTS = ("spec.hard", "status.hard", "status.used")


def default(quota: Object) -> None:
    for path in AMOUNTS:
        normalize_amounts(get(quota, path))


def shown(limits: bool) -> Callable[[View, datetime], str]:
    """``pods: 1/2, requests.cpu: 1/4`` of what is a limit, or of what is not."""

    def cell(quota: View, now: datetime) -> str:
        hard, used = get(quota, "status.hard") or {}, get(quota, "status.used") or {}
        chosen = (name for name in sorted(hard) if name.startswith("limits.") is limits)
        return ", ".join(f"{name}: {used.get(name, '0')}/{hard[name]}" for name in chosen)

    return cell


RESOURCEQUOTA = Kind(
    group="",
    version="v1",
    name="ResourceQuota",
    plural="resourcequotas",
    schema="io.k8s.api.core.v1.ResourceQuota",
    short=("quota",),
    derived=(default,),
    rules=(check,),
    status_rules=(check_status,),
    columns=(
        NAME,
        Column("Request", shown(limits=False),
               description="Request represents a minimum amount of cpu/memory that a container "
                           "may consume."),
        Column("Limit", shown(limits=True),
               description="Limits control the maximum amount of cpu/memory that a container may "
                           "use independent of contention on the node."),
        AGE,
    ),
)  # fmt: skip
