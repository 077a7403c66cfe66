"""What a schema does not name goes; so do nulls that it does not allow.

    prune(obj, node, None, root=True)               quick: nobody asks what went
    prune(obj, node, Tracker(), root=True)          the tracker has the paths afterwards
    drop_nulls(obj, node)

Objects are changed in place. An object's own ``apiVersion``, ``kind`` and ``metadata`` stay,
as do those of embedded resources; they are decoded elsewhere.
Source: ``…/apiserver/schema/pruning/algorithm.go``, ``…/defaulting/prunenulls.go``.
"""

from typing import Any, NamedTuple

from onggi.api.objects import Object
from onggi.api.structural.node import ABSENT, META_FIELDS, Structural


class Tracker:
    """Where the pruning is, and the paths of what went: ``spec.list[0].foo``."""

    __slots__ = ("gone", "path")

    def __init__(self) -> None:
        self.path: list[str | int] = []
        self.gone: list[str] = []

    def lost(self, key: str) -> None:
        if self.path or key not in META_FIELDS:
            self.gone.append(joined([*self.path, key]))


def joined(path: list[str | int]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def prune(value: Any, node: Structural | None, tracker: Tracker | None, root: bool = False) -> None:
    """``root``: this is an object of its own, with metadata."""
    if isinstance(value, dict):
        _prune_map(value, node, tracker, Keep(root, False))
    elif isinstance(value, list):
        _prune_list(value, node, tracker, False)


class Keep(NamedTuple):
    """What stays though no property names it: metadata, or everything (items of a list that
    preserves unknown fields)."""

    meta: bool
    unknown: bool


def _prune_map(obj: Object, node: Structural | None, tracker: Tracker | None, keep: Keep) -> None:
    keeps_meta = keep.meta or (node is not None and node.embedded)
    preserve = keep.unknown or (node is not None and node.preserve)
    gone = []
    for key, value in obj.items():
        if keeps_meta and key in META_FIELDS:
            continue
        child = node.child(key) if node else None
        if child is None:
            if not preserve:
                gone.append(key)
        elif isinstance(value, dict | list):
            _into(key, value, child, tracker)
    for key in gone:
        del obj[key]
        if tracker is not None:
            tracker.lost(key)


def _into(key: str | int, value: Any, node: Structural | None, tracker: Tracker | None) -> None:
    if tracker is None:
        prune(value, node, None)
        return
    tracker.path.append(key)
    prune(value, node, tracker)
    tracker.path.pop()


def _prune_list(
    items: list[Any], node: Structural | None, tracker: Tracker | None, keep: bool
) -> None:
    keep = keep or (node is not None and node.preserve)
    element = node.element if node else None
    if keep and element is None:
        return
    for index, value in enumerate(items):
        if tracker is not None:
            tracker.path.append(index)
        if isinstance(value, dict):
            _prune_map(value, element, tracker, Keep(False, keep))
        elif isinstance(value, list):
            _prune_list(value, element, tracker, keep)
        if tracker is not None:
            tracker.path.pop()


def drop_nulls(value: Any, node: Structural | None) -> None:
    """Without ``nullable`` and without a default, null means that the field is not there."""
    if isinstance(value, dict):
        gone = []
        for key, item in value.items():
            child = node.child(key) if node else None
            if item is None:
                if child is not None and not child.nullable and child.default is ABSENT:
                    gone.append(key)
            elif isinstance(item, dict | list):
                drop_nulls(item, child)
        for key in gone:
            del value[key]
    elif isinstance(value, list):
        for item in value:
            drop_nulls(item, node.element if node else None)
