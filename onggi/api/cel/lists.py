"""Lists of ``x-kubernetes-list-type: set`` and ``map`` when they are added.

Source: ``k8s.io/apiserver/pkg/cel/common/values.go`` (Add of the three kinds of lists).
"""

from typing import Any

from onggi.api.cel.equality import frozen
from onggi.api.cel.values import ListValue


def merged(one: list[Any], other: list[Any]) -> list[Any]:
    """A set takes what it lacks; a map list replaces in place what has the same keys."""
    if not isinstance(one, ListValue) or not (one.set or one.keys):
        return [*one, *other]
    found = {frozen(item) if one.set else frozen(one.key(item)): item for item in one}
    for item in other:
        key = frozen(item) if one.set else frozen(one.key(item))
        if one.keys or key not in found:
            found[key] = item
    return ListValue(list(found.values()), one.keys, one.set)
