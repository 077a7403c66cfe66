"""Objects are plain JSON dicts; this module reads and copies them. No I/O."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Object = dict[str, Any]
View = Mapping[str, Any]
SCALARS = frozenset({str, int, float, bool, type(None)})


def get(obj: View, path: str, default: Any = None) -> Any:
    """Read ``spec.template.metadata``; absent anywhere on the way means ``default``."""
    node: Any = obj
    for key in path.split("."):
        if node.__class__ is not dict and not isinstance(node, Mapping):  # the ABC is slow
            return default
        if key not in node:
            return default
        node = node[key]
    return node


def parents(obj: Object, path: str) -> Iterator[tuple[Object, str]]:
    """Yield every (parent, key) that ``path`` names; ``containers[*]`` fans out over a list."""
    head, _, rest = path.partition(".")
    if not rest:
        yield obj, head
        return
    if match := re.fullmatch(r"(\w+)\[\*\]", head):
        for item in obj.get(match[1]) or ():
            yield from parents(item, rest)
        return
    yield from parents(obj.setdefault(head, {}), rest)


def clone(obj: View) -> Object:
    """A copy that may be written to, all the way down."""
    return {k: v if v.__class__ in SCALARS else clone_value(v) for k, v in obj.items()}


def clone_value(value: Any) -> Any:
    """JSON only, hence many times faster than ``copy.deepcopy``: the classes that are everywhere
    are known by sight, as a question to the ABC costs more than a copy of what it is asked of."""
    kind = value.__class__
    if kind is dict:
        return {k: v if v.__class__ in SCALARS else clone_value(v) for k, v in value.items()}
    if kind is list or isinstance(value, list | tuple):
        return [v if v.__class__ in SCALARS else clone_value(v) for v in value]
    return clone(value) if kind not in SCALARS and isinstance(value, Mapping) else value


def key(obj: View) -> tuple[str, str]:
    meta = obj["metadata"]
    return meta.get("namespace", ""), meta["name"]


def is_going(obj: View) -> bool:
    """It was deleted, and somebody has yet to let it go."""
    return get(obj, "metadata.deletionTimestamp") is not None


def owner_reference(owner: View) -> Object:
    """The reference that makes ``owner`` the one controller of an object."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
