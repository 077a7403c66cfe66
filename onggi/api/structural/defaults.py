"""Defaults of a schema, put where an object lacks them. In place.

Source: ``…/apiserver/schema/defaulting/algorithm.go``.
"""

from typing import Any

from onggi.api.objects import Object, clone_value
from onggi.api.structural.node import ABSENT, Structural
from onggi.api.structural.prune import prune


def fill(value: Any, node: Structural | None) -> None:
    """A null counts as absent where the field is not ``nullable``."""
    if node is None or not node.defaulting:
        return
    if isinstance(value, dict):
        _fill_map(value, node)
    elif isinstance(value, list) and node.element is not None:
        for index, item in enumerate(value):
            if is_missing(item, node.element):
                value[index] = item = clone_value(node.element.default)
            fill(item, node.element)


def _fill_map(obj: Object, node: Structural) -> None:
    for key, child in node.properties.items():
        if child.default is not ABSENT and (key not in obj or is_missing(obj[key], child)):
            obj[key] = clone_value(child.default)
    for key, value in obj.items():
        inner = node.child(key)
        if inner is None:
            continue
        if is_missing(value, inner):
            obj[key] = value = clone_value(inner.default)
        fill(value, inner)


def is_missing(value: Any, node: Structural) -> bool:
    return value is None and not node.nullable and node.default is not ABSENT


def pruned(node: Structural) -> None:
    """Defaults lose what their own schema does not name, as upstream prunes them."""
    for child in below(node):
        if child.default is not ABSENT:
            child.default = clone_value(child.default)
            prune(child.default, child, None)
        if child.defaulting:
            pruned(child)


def below(node: Structural) -> list[Structural]:
    return [*node.properties.values(), *filter(None, (node.additional, node.element))]
