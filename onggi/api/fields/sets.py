"""Sets of fields, in the form of FieldsV1: a map from path elements to what is below them.

    {"f:spec": {"f:replicas": {}, "f:ports": {".": {}, "k:{\"port\":80}": {}}}}

A field with nothing below it is a member; one with something below it is a member if ``.`` is
among that. Sets are never written to once they are made, and share what they have in common.

Source: ``sigs.k8s.io/structured-merge-diff/v6/fieldpath`` (set.go, serialize.go).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from onggi.api.fields.elements import SELF, canonical, order

Trie = dict[str, Any]
Path = tuple[str, ...]

LEAF: Trie = {}  # a member with nothing below; shared
NOTHING: Trie = {}  # the empty set


def of(*paths: Path) -> Trie:
    """A set of these paths: ``("f:spec", "f:replicas")``."""
    found: Trie = {}
    for path in paths:
        found = union(found, single(path))
    return found


def single(path: Path) -> Trie:
    found = LEAF
    for element in reversed(path):
        found = {element: found}
    return found


def is_member(below: Trie) -> bool:
    """Whether the field that has this below it is in the set."""
    return not below or SELF in below


def arranged(trie: Trie) -> Trie:
    """The same, in upstream's order."""
    keys = list(trie)
    if any(key[0] not in "f." for key in keys):
        keys.sort(key=order)
    else:
        keys.sort()
    return {key: trie[key] for key in keys}


def union(a: Trie, b: Trie) -> Trie:
    if not b or a is b:
        return a
    if not a:
        return b
    found = dict(a)
    for key, below in b.items():
        present = a.get(key)
        if present is None:
            found[key] = below
        elif present is not below and key != SELF:
            found[key] = _joined(present, below)
    return arranged(found) if len(found) > len(a) else found


def _joined(a: Trie, b: Trie) -> Trie:
    """What is below a field that is in both; membership of either counts."""
    if not a and not b:
        return LEAF
    if not a or not b:
        some = a or b
        return some if SELF in some else {SELF: LEAF, **some}
    return union(a, b)


def difference(a: Trie, b: Trie) -> Trie:
    """What is in ``a`` and not in ``b``; ``a`` itself if that is all. A field that goes leaves
    those below it."""
    found: Trie | None = None
    for key, taken in b.items():
        below = a.get(key)
        if below is None or key == SELF:
            continue
        left = _without(below, taken)
        if left is below:
            continue
        if found is None:
            found = dict(a)
        if left is None:
            del found[key]
        else:
            found[key] = left
    return a if found is None else found


def _without(below: Trie, taken: Trie) -> Trie | None:
    """What is left of a field and those below it; None if nothing is."""
    left = difference(below, taken)
    kept = is_member(below) and not is_member(taken)
    if len(left) == (SELF in left):
        return LEAF if kept else None
    if kept or SELF not in left:
        return left
    return {key: item for key, item in left.items() if key != SELF}


def without(a: Trie, b: Trie) -> Trie:
    """As ``difference``, but a field that goes takes those below it along."""
    found: Trie | None = None
    for key, taken in b.items():
        below = a.get(key)
        if below is None or key == SELF:
            continue
        left = None if is_member(taken) else without(below, taken)
        if left is below:
            continue
        if found is None:
            found = dict(a)
        if not left:
            del found[key]
        else:
            found[key] = LEAF if len(left) == (SELF in left) else left
    return a if found is None else found


def intersection(a: Trie, b: Trie) -> Trie:
    found: Trie = {}
    for key, below in a.items():
        other = b.get(key)
        if other is None or key == SELF:
            continue
        inner = intersection(below, other)
        if is_member(below) and is_member(other):
            found[key] = {SELF: LEAF, **inner} if inner else LEAF
        elif inner:
            found[key] = inner
    return found


def has(trie: Trie, path: Path) -> bool:
    """Whether the field is a member."""
    for element in path[:-1]:
        if element not in trie:
            return False
        trie = trie[element]
    return path[-1] in trie and is_member(trie[path[-1]])


def paths(trie: Trie, above: Path = ()) -> Iterator[Path]:
    """Every member: those of one level first, then those below each."""
    for key, below in trie.items():
        if key != SELF and is_member(below):
            yield (*above, key)
    for key, below in trie.items():
        if below:
            yield from paths(below, (*above, key))


def read(raw: Any) -> Trie:
    """A set that somebody else wrote. Raises ValueError."""
    if not isinstance(raw, Mapping):
        raise ValueError("a set of fields is an object")
    found: Trie = {}
    for key, value in raw.items():
        element = key if key == SELF else canonical(key)
        below = read(value)
        inner = LEAF if len(below) == (SELF in below) else below
        found[element] = _joined(found[element], inner) if element in found else inner
    return arranged(found)
