"""The order of a merged list: first as the patch says, then as the live object had it.

Items that only the server has keep their places relative to those that the patch names, as
well as that can be. Source: ``k8s.io/apimachinery/pkg/util/strategicpatch`` (patch.go,
normalizeElementOrder).
"""

from collections.abc import Sequence
from typing import Any

from onggi.api.errors import BadRequest
from onggi.api.gotext import type_name, verb_v


class NoMergeKey(BadRequest):
    """An item of a list that is merged by key lacks it; upstream answers 500."""


def checked_key(item: Any, key: str) -> Any:
    """The value of an item's merge key."""
    if not isinstance(item, dict):
        received = type_name(item)
        raise NoMergeKey(f"expected a map[string]interface {{}}, but received a {received}")
    if key not in item:
        raise NoMergeKey(f"map: {verb_v(item)} does not contain declared merge key: {key}")
    return item[key]


def same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and left == right


def position(items: Sequence[Any], item: Any, key: str) -> int:
    """Where the item, or the one with its merge key, stands; -1 if nowhere."""
    wanted = checked_key(item, key) if key else item
    for index, candidate in enumerate(items):
        if same(candidate.get(key) if key and isinstance(candidate, dict) else candidate, wanted):
            return index
    return -1


def arranged(merged: list[Any], order: list[Any], live: list[Any], key: str) -> list[Any]:
    """``merged`` with what ``order`` names in that order, and the rest as ``live`` has it."""
    named, others = split_by(merged, order, key)
    named.sort(key=lambda item: position(order, item, key))
    others.sort(key=lambda item: position(live, item, key))
    return interleaved(others, named, live, key)


def split_by(items: list[Any], order: list[Any], key: str) -> tuple[list[Any], list[Any]]:
    """What ``order`` names, and the rest."""
    named: list[Any] = []
    others: list[Any] = []
    for item in items:
        (named if position(order, item, key) >= 0 else others).append(item)
    return named, others


def interleaved(others: list[Any], named: list[Any], live: list[Any], key: str) -> list[Any]:
    """Each of ``others`` goes before the first of ``named`` that it stood before."""
    result: list[Any] = []
    rest = iter(named)
    following = next(rest, None)
    for item in others:
        mine = position(live, item, key)
        while following is not None:
            theirs = position(live, following, key)
            if 0 <= mine < theirs:
                break
            result.append(following)
            following = next(rest, None)
        result.append(item)
    if following is not None:
        result += [following, *rest]
    return result
