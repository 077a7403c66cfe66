"""ResourceQuota: the last question before a write. What is granted is reserved in the same
step, so that writes under way at the same time never get more than there is.

Source: ``k8s.io/apiserver/pkg/admission/plugin/resourcequota`` (CheckRequest).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from onggi.api.quantity import Quantity
from onggi.apiserver.admission import CREATE, UPDATE, Review, forbidden
from onggi.apiserver.quota.book import Book, Reservation, Sum
from onggi.apiserver.quota.ledger import Ledger
from onggi.kinds.core.pod.resources import ZERO, Resources
from onggi.kinds.core.resourcequota.scopes import matches
from onggi.kinds.core.resourcequota.usage import NEVER_COUNTED, unstated

# What may grow after its creation, by (resource, subresource).
GROWS = {("services", ""), ("persistentvolumeclaims", ""), ("pods", "resize")}


@dataclass(slots=True)
class Held:
    """``onggi.apiserver.call.Allocation`` of quota."""

    ledger: Ledger
    namespace: str
    reservation: Reservation

    def commit(self) -> None:
        self.ledger.settle(self.reservation)

    def rollback(self) -> None:
        self.ledger.release(self.namespace, self.reservation)


class QuotaStage:
    """``onggi.apiserver.admission.Stage``."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def due(self, review: Review) -> bool:
        call, sub = review.call, review.subresource
        if not call.namespace or review.obj is None or call.resource in NEVER_COUNTED:
            return False
        if review.operation == CREATE:
            asked = not sub and call.resource != "namespaces"
        else:
            asked = review.operation == UPDATE and (call.resource, sub) in GROWS
        return asked and self._ledger.is_limited(call.namespace)

    async def run(self, review: Review) -> None:
        namespace, resource = review.call.namespace, review.call.resource
        book = self._ledger.book(namespace)
        if book is None:
            return
        assert review.obj is not None
        check_stated(review, book, resource)
        charges = book.more(resource, review.obj, review.old)
        for name, asked in sorted(charges.items()):
            check(review, book.sums[name], asked, book.taken(name))
        if charges and not review.dry_run:
            reservation = Reservation(resource, review.obj, review.old, charges)
            book.reserve(reservation)
            review.held.append(Held(self._ledger, namespace, reservation))


def check_stated(review: Review, book: Book, resource: str) -> None:
    """A quota on CPU or memory wants every container to say how much."""
    if resource != "pods" or review.obj is None:
        return
    for name, total in sorted(book.sums.items()):
        names = total.quota.names.get(resource)
        if not names or not matches(total.quota.selectors, resource, review.obj):
            continue
        if missing := unstated(names, review.obj):
            raise forbidden(review, f"failed quota: {name}: must specify {missing}")


def check(review: Review, total: Sum, asked: Resources, taken: Resources) -> None:
    hard = total.quota.hard
    over = [n for n, amount in asked.items() if taken.get(n, ZERO) + amount > hard[n]]
    if over:
        raise forbidden(
            review,
            f"exceeded quota: {total.quota.name}, requested: {shown(asked, over)}, "
            f"used: {shown(taken, over)}, limited: {shown(hard, over)}",
        )


def shown(amounts: Mapping[str, Quantity], names: list[str]) -> str:
    """``pods=1,requests.cpu=500m``."""
    return ",".join(f"{name}={amounts.get(name, ZERO)}" for name in sorted(names))
