"""JSONPath as printer columns and selectable fields of CustomResourceDefinitions use it.

    path = parse('.status.conditions[?(@.type=="Ready")].status')     raises JsonPathError
    path.find(obj) -> list of what is there

Fields, quoted names, indices, slices, unions, ``*``, ``..`` and filters with one comparison or
a mere existence. A field that is missing gives nothing and is no error.
Source: ``k8s.io/client-go/util/jsonpath`` (parser.go, jsonpath.go).
"""

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Step = Callable[[Any], Iterable[Any]]
FIELD = re.compile(r"(?:\\.|[^.\[\]{}\s'\"|$@,()=!<>])+")
SLICE = re.compile(r"(-?\d+)?(?::(-?\d+)?)?(?::(-?\d+)?)?")
COMPARISON = re.compile(r"^(.*?)(==|!=|<=|>=|<|>)(.*)$", re.DOTALL)
NUMBER = re.compile(r"-?\d+(\.\d+)?")
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt,
    "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


class JsonPathError(ValueError):
    """The text is no JSONPath."""


@dataclass(frozen=True)
class Path:
    steps: tuple[Step, ...]

    def find(self, obj: Any) -> list[Any]:
        found = [obj]
        for step in self.steps:
            found = [value for item in found for value in step(item)]
        return found


@lru_cache(2048)
def parse(text: str) -> Path:
    """``text`` may stand in braces and may start with ``$`` or ``@``."""
    inner = text.strip()
    if inner.startswith("{") and inner.endswith("}"):
        inner = inner[1:-1].strip()
    return Path(tuple(Reader(inner.lstrip("$@")).steps()))


class Reader:
    """Reads steps off a text, from left to right."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def steps(self) -> Iterator[Step]:
        while self.at < len(self.text):
            if self.text.startswith("..", self.at):
                self.at += 2
                yield descend
                if self.at < len(self.text) and self.text[self.at] != "[":
                    yield self._name()
            elif self.text[self.at] == ".":
                self.at += 1
                if self.at < len(self.text) and self.text[self.at] not in "[.":
                    yield self._name()
            elif self.text[self.at] == "[":
                yield bracket(self._bracketed())
            else:
                yield self._name()

    def _name(self) -> Step:
        if self.text.startswith("*", self.at):
            self.at += 1
            return wild
        found = FIELD.match(self.text, self.at)
        if found is None:
            raise JsonPathError(f"unrecognized character in {self.text!r}")
        self.at = found.end()
        return field(re.sub(r"\\(.)", r"\1", found[0]))

    def _bracketed(self) -> str:
        depth, quote, start = 0, "", self.at
        for at in range(start, len(self.text)):
            character = self.text[at]
            if quote:
                quote = "" if character == quote and self.text[at - 1] != "\\" else quote
            elif character in "'\"":
                quote = character
            elif character in "[]":
                depth += 1 if character == "[" else -1
                if not depth:
                    self.at = at + 1
                    return self.text[start + 1 : at]
        raise JsonPathError("unterminated array")


def bracket(inner: str) -> Step:
    """What stands between ``[`` and ``]``."""
    inner = inner.strip()
    if inner.startswith("?(") and inner.endswith(")"):
        return condition(inner[2:-1].strip())
    if inner == "*":
        return wild
    parts = [one(part.strip()) for part in inner.split(",")]
    return parts[0] if len(parts) == 1 else union(parts)


def one(part: str) -> Step:
    if len(part) > 1 and part[0] in "'\"" and part[-1] == part[0]:
        return field(part[1:-1])
    found = SLICE.fullmatch(part)
    if found is None or not part:
        raise JsonPathError(f"invalid array index {part}")
    first, last, step = (int(n) if n else None for n in found.groups())
    if ":" not in part and first is not None:
        return index(first)
    if step is not None and step <= 0:
        raise JsonPathError("step must be > 0")
    return lambda value: value[first:last:step] if isinstance(value, list) else ()


def field(name: str) -> Step:
    return lambda value: (value[name],) if isinstance(value, Mapping) and name in value else ()


def index(number: int) -> Step:
    def step(value: Any) -> Iterable[Any]:
        if isinstance(value, list) and -len(value) <= number < len(value):
            return (value[number],)
        return ()

    return step


def union(parts: list[Step]) -> Step:
    return lambda value: [found for part in parts for found in part(value)]


def wild(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


def descend(value: Any) -> Iterator[Any]:
    yield value
    for inner in wild(value):
        if isinstance(inner, Mapping | list):
            yield from descend(inner)


def condition(text: str) -> Step:
    """``@.type=="Ready"``, or ``@.type`` for what has one."""
    found = COMPARISON.match(text)
    if found is None:
        there = parse(text)
        return lambda value: [item for item in wild(value) if there.find(item)]
    left, compare, right = operand(found[1]), COMPARE[found[2]], operand(found[3])
    return lambda value: [item for item in wild(value) if holds(compare, left(item), right(item))]


def operand(text: str) -> Callable[[Any], list[Any]]:
    text = text.strip()
    if len(text) > 1 and text[0] in "'\"" and text[-1] == text[0]:
        return lambda item: [text[1:-1]]
    if NUMBER.fullmatch(text):
        number = float(text) if "." in text else int(text)
        return lambda item: [number]
    if text in ("true", "false"):
        return lambda item: [text == "true"]
    if not text.startswith(("@", "$", ".")):
        raise JsonPathError(f"unrecognized identifier {text}")
    return parse(text).find


def holds(compare: Callable[[Any, Any], bool], left: list[Any], right: list[Any]) -> bool:
    if len(left) != 1 or len(right) != 1:
        return False
    try:
        return compare(left[0], right[0])
    except TypeError:
        return False
