"""The elements of a path, as the keys of FieldsV1: ``f:spec``, ``k:{"name":"web"}``, ``v:"a"``.

Two elements are the same if their texts are: keys are in order, numbers as Go writes them.

Source: ``sigs.k8s.io/structured-merge-diff/v6/fieldpath`` (element.go, serialize-pe.go).
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from onggi.api.gotext import HTML, quote

SELF = "."
KINDS = "fkvi"  # in upstream's order
SCALARS = (str, int, float, bool)

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder().decode


class Misshapen(Exception):
    """A value that is not of its schema's shape, in upstream's words."""


def text(value: Any) -> str:
    """JSON as Go writes it into a path."""
    shown = encode(value).decode()
    if "<" in shown or ">" in shown or "&" in shown:
        for character, escaped in HTML.items():
            shown = shown.replace(character, escaped)
    return shown


def of_value(value: Any) -> str:
    """The element of an item of a set. Raises Misshapen."""
    if isinstance(value, SCALARS):
        return f"v:{text(value)}"
    if isinstance(value, dict):
        raise Misshapen("associative list without keys has an element that's a map type")
    if isinstance(value, list):
        raise Misshapen("not supported: associative list with lists as elements")
    raise Misshapen("associative list without keys has an element that's an explicit null")


def of_item(item: Any, keys: Iterable[tuple[str, Any]]) -> str:
    """The element of an item of a list with ``keys``: (name, default), in order of names."""
    if not isinstance(item, dict):
        kind = "null element" if item is None else "non-map elements"
        article = "a " if item is None else ""
        raise Misshapen(f"associative list with keys may not have {article}{kind}")
    found = {}
    for name, default in keys:
        if name in item:
            found[name] = item[name]
        elif default is not None:
            found[name] = default
    if not found:
        names = " ".join(quote(name) for name, _ in keys)
        raise Misshapen(
            f"associative list with keys has an element that omits all key fields [{names}] "
            "(and doesn't have default values for any key fields)"
        )
    return f"k:{text(found)}"


def shown(element: str) -> str:
    """As messages show it: ``.spec``, ``[name="web"]``, ``[="a"]``."""
    kind, rest = element[0], element[2:]
    if kind == "f":
        return f".{rest}"
    if kind == "k":
        fields: Mapping[str, Any] = decode(rest)
        return f"[{','.join(f'{name}={shown_value(v)}' for name, v in fields.items())}]"
    return f"[={shown_value(decode(rest))}]" if kind == "v" else f"[{rest}]"


def shown_value(value: Any) -> str:
    if isinstance(value, str):
        return quote(value)
    return text(value)


@lru_cache(4096)
def order(element: str) -> tuple[Any, ...]:
    """Upstream's order of elements, SELF before all."""
    if element == SELF:
        return (-1,)
    kind, rest = element[0], element[2:]
    if kind == "f":
        return 0, rest
    value = decode(rest)
    if isinstance(value, dict):
        return 1, *((name, rank(item)) for name, item in value.items())
    return KINDS.index(kind), rank(value)


def rank(value: Any) -> tuple[int, Any]:
    """Numbers, text, truths, the rest."""
    if isinstance(value, bool):
        return 2, value
    if isinstance(value, int | float):
        return 0, value
    return (1, value) if isinstance(value, str) else (3, text(value))


def canonical(element: str) -> str:
    """An element that somebody else wrote, as we write it. Raises ValueError."""
    kind, rest = element[:2], element[2:]
    if kind == "f:":
        return element
    if kind == "i:":
        return f"i:{int(rest)}"
    if kind not in ("k:", "v:"):
        raise ValueError(f"unknown path element: {element}")
    value = decode(rest)
    if kind == "k:":
        if not isinstance(value, dict):
            raise ValueError(f"not a key: {element}")
        value = dict(sorted(value.items()))
    return f"{kind}{text(value)}"
