"""Functions as tables: what each overload takes, gives, and does.

    method("contains", "contains_string", "string, string -> bool", lambda s, t: t in s)

A signature is text because there are three hundred of them. Capital letters are parameters.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from onggi.api.cel.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    NULL,
    STRING,
    TIMESTAMP,
    TYPE,
    UINT,
    Type,
    list_of,
    map_of,
    opaque,
    optional_of,
    param,
)  # fmt: skip

PLAIN = {
    "bool": BOOL, "bytes": BYTES, "double": DOUBLE, "duration": DURATION, "dyn": DYN, "int": INT,
    "null": NULL, "string": STRING, "timestamp": TIMESTAMP, "type": TYPE, "uint": UINT,
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z_.0-9]+|[(),]")


@dataclass(frozen=True, slots=True, eq=False)
class Overload:
    """``run`` gets the target, if there is one, and the arguments."""

    function: str
    id: str
    member: bool
    args: tuple[Type, ...]
    result: Type
    run: Callable[..., Any]


def function(name: str, id: str, signature: str, run: Callable[..., Any]) -> Overload:
    args, result = types_of(signature)
    return Overload(name, id, False, args, result, run)


def method(name: str, id: str, signature: str, run: Callable[..., Any]) -> Overload:
    args, result = types_of(signature)
    return Overload(name, id, True, args, result, run)


@cache
def types_of(signature: str) -> tuple[tuple[Type, ...], Type]:
    """``list(A), A -> int``."""
    given, _, result = signature.partition("->")
    return tuple(_types(_WORD.findall(given))), _types(_WORD.findall(result))[0]


def _types(words: list[str]) -> list[Type]:
    words = words[::-1]
    found: list[Type] = []
    while words:
        found.append(_type(words))
        if words:
            words.pop()  # a comma
    return found


def _type(words: list[str]) -> Type:
    name = words.pop()
    inner: list[Type] = []
    if words and words[-1] == "(":
        words.pop()
        while True:
            inner.append(_type(words))
            if words.pop() == ")":
                break
    if name in PLAIN:
        return PLAIN[name]
    if name == "list":
        return list_of(inner[0])
    if name == "map":
        return map_of(inner[0], inner[1])
    if name == "optional":
        return optional_of(inner[0])
    return param(name) if len(name) == 1 else opaque(name)
