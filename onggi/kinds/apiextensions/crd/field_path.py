"""A path to a field, followed through a schema: ``.spec.foo``, ``.map['key']``.

    find(".spec.foo", schema) -> the schema of that field          raises PathError

Source: ``…/apiserver/schema/cel/validation.go`` (ValidFieldPath).
"""

import re
from collections.abc import Iterator, Mapping

from onggi.api.objects import View

TOKEN = re.compile(r"'(?:\\.|[^'\\])*'|[.\[\]]|[^.\[\]']+|'")
NO_FIELD = "does not refer to a valid field"


class PathError(ValueError):
    """The path leads nowhere. The text says why."""


def find(path: str, schema: View, *, brackets: bool = True) -> View:
    marks = iter(TOKEN.findall(path))
    for mark in marks:
        if mark == "[" and not brackets:
            raise PathError("array notation is not allowed")
        if mark not in (".", "["):
            raise PathError(f"expected [ or . but got: {mark}")
        name = step(mark, marks)
        schema = below(schema, name)
    return schema


def step(mark: str, marks: Iterator[str]) -> str:
    name = next(marks, None)
    if name is None:
        raise PathError("unexpected end of JSON path")
    if mark == ".":
        return name
    if len(name) < 2 or not (name[0] == name[-1] == "'"):
        raise PathError(f"expected single quoted string but got {name}")
    closing = next(marks, None)
    if closing is None:
        raise PathError("unexpected end of JSON path")
    if closing != "]":
        raise PathError(f"expected ] but got {closing}")
    return re.sub(r"\\(.)", r"\1", name[1:-1])


def below(schema: View, name: str) -> View:
    if properties := schema.get("properties"):
        if name not in properties:
            raise PathError(NO_FIELD)
        found = properties[name]
    else:
        found = schema.get("additionalProperties")
    if not isinstance(found, Mapping):
        raise PathError(NO_FIELD)
    return found
