"""CSIStorageCapacity (storage.k8s.io/v1): how much a driver can still provide, and where.

Source: ``pkg/apis/storage/validation/validation.go``.
"""

from collections.abc import Iterator

from onggi.api.field_error import FieldError
from onggi.api.kind import Column, Kind
from onggi.api.names import dns_subdomain
from onggi.api.objects import View
from onggi.api.selectors import check_label_selector
from onggi.kinds.cells import NAME
from onggi.kinds.checks import named, non_negative_amount
from onggi.kinds.core.pod.rules.resources import amount_of

CAPACITY = "@io.k8s.api.storage.v1.CSIStorageCapacity"
UNREAD = "storageClassName: the scheduler does not look at capacities yet"


def check(new: View, old: View | None) -> Iterator[FieldError]:
    yield from check_label_selector(new.get("nodeTopology"), "nodeTopology")
    yield from named("storageClassName", new.get("storageClassName") or "", dns_subdomain)
    if (amount := new.get("capacity")) is not None:
        yield from non_negative_amount("capacity", amount_of(amount))


def advise(new: View, old: View | None) -> Iterator[str]:
    if old is None:
        yield UNREAD


CSISTORAGECAPACITY = Kind(
    group="storage.k8s.io",
    version="v1",
    name="CSIStorageCapacity",
    plural="csistoragecapacities",
    schema="io.k8s.api.storage.v1.CSIStorageCapacity",
    status=False,
    immutable=("nodeTopology", "storageClassName"),
    rules=(check,),
    advice=(advise,),
    columns=(
        NAME,
        Column("StorageClassName", "storageClassName", description=f"{CAPACITY}.storageClassName"),
        Column("Capacity", lambda c, now: c.get("capacity") or "<unset>",
               description=f"{CAPACITY}.capacity"),
    ),
)  # fmt: skip
