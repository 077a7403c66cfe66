"""Lists that are sets or maps (x-kubernetes-list-type): no member twice.

    check(obj, node) -> list[FieldError]

Source: ``…/apiserver/schema/listtype/validation.go``.
"""

from collections.abc import Iterator
from typing import Any

from onggi.api.field_error import FieldError, duplicate, invalid
from onggi.api.gotext import json_text
from onggi.api.structural.node import Structural

MAP_ITEM = "must be an object for an array of list-type map"


def check(value: Any, node: Structural | None, path: str = "") -> Iterator[FieldError]:
    if node is None:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, dict | list):
                child, named = node.child(key), key in node.properties
                yield from check(item, child, joined(path, key, named))
    elif isinstance(value, list):
        yield from check_list(value, node, path)
        for index, item in enumerate(value):
            if isinstance(item, dict | list):
                yield from check(item, node.element, f"{path}[{index}]")


def joined(path: str, key: str, named: bool) -> str:
    """A property by its name, the key of a map in brackets."""
    if not named:
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def check_list(items: list[Any], node: Structural, path: str) -> Iterator[FieldError]:
    if node.shape == "set":
        for index in repeated(items):
            yield duplicate(f"{path}[{index}]", items[index])
    elif node.shape == "map":
        wrong = [i for i, x in enumerate(items) if x is not None and not isinstance(x, dict)]
        if wrong:
            yield invalid(f"{path}[{wrong[0]}]", items[wrong[0]], MAP_ITEM)
            return
        keys = [{k: item[k] for k in node.keys if k in item} if item else {} for item in items]
        for index in repeated(keys):
            yield duplicate(f"{path}[{index}]", keys[index])


def repeated(items: list[Any]) -> Iterator[int]:
    """Where something stands that stood before: the second of them, not the third."""
    times: dict[str, int] = {}
    for index, item in enumerate(items):
        text = json_text(ordered(item))
        times[text] = times.get(text, 0) + 1
        if times[text] == 2:
            yield index


def ordered(item: Any) -> Any:
    return dict(sorted(item.items())) if isinstance(item, dict) else item
