"""Which value was there before, as far as a schema tells: fields by name, the items of a
map-like list by their keys, the items of any other list not at all.

Source: ``k8s.io/apiserver/pkg/cel/common`` (CorrelatedObject), ratchetingOptions of
``…/apiserver/schema/cel/validation.go``.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from onggi.api.objects import View
from onggi.api.structural.absent import ABSENT
from onggi.api.structural.equality import equal

Pair = tuple[Any, Any]  # now and before


def correlated(item: Any, before: Any, schema: View) -> Any:
    """The item of the list ``before`` that ``item`` was; ABSENT if nobody can tell."""
    if schema.get("x-kubernetes-list-type") != "map" or not isinstance(before, list):
        return ABSENT
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    if not isinstance(item, Mapping):
        return ABSENT
    for other in before:
        if isinstance(other, Mapping) and all(other.get(k) == item.get(k) for k in keys):
            return other
    return ABSENT


class Trail(NamedTuple):
    """The way to a value: itself with what it was, and the nearest value above of which that is
    known."""

    present: Pair | None
    nearest: Pair | None

    def key(self, name: str) -> "Trail":
        if self.present is None:
            return self
        if self.nearest is None and name in ("apiVersion", "kind"):
            return Trail(None, None)  # of both objects they are the same by now
        new, old = self.present
        if isinstance(new, Mapping) and isinstance(old, Mapping) and name in new and name in old:
            return Trail((new[name], old[name]), self.present)
        return Trail(None, self.present)

    def item(self, item: Any, schema: View) -> "Trail":
        if self.present is None:
            return self
        before = correlated(item, self.present[1], schema)
        return Trail(None if before is ABSENT else (item, before), self.present)

    @property
    def is_unchanged(self) -> bool:
        pair = self.present or self.nearest
        return pair is not None and equal(*pair)
