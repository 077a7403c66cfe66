"""Bodies in YAML: read as upstream does, through JSON's data model.

PyYAML is imported only when somebody sends such a body.
"""

from collections.abc import Sequence
from typing import Any

import yaml

from onggi.api.errors import BadRequest
from onggi.api.objects import Object

MAPPING = yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG
LARGEST = 1_000_000  # values, once aliases are written out


class Loader(yaml.CSafeLoader):
    """Remembers the keys that stand twice; leaves timestamps as text."""

    duplicates: list[str]


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def mapping(loader: Loader, node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = key_node.value  # as text: YAML has keys that are numbers, JSON has not
        if key in found:
            line = key_node.start_mark.line + 1
            loader.duplicates.append(f'line {line}: key "{key}" already set in map')
        found[key] = loader.construct_object(value_node, deep=True)
    return found


Loader.add_constructor(MAPPING, mapping)


def parsed(body: bytes, kind: str) -> tuple[Object, Sequence[str]]:
    """The object, and what a strict decoder says of keys that stand twice."""
    loader = Loader(body)
    loader.duplicates = []
    try:
        obj = loader.get_single_data()
    except yaml.YAMLError as error:
        why = " ".join(str(error).split())
        raise BadRequest(
            f"the object provided is unrecognized (must be of type {kind}): "
            f"couldn't get version/kind; yaml parse error: {why}"
        ) from None
    finally:
        loader.dispose()
    if size(obj, {}) > LARGEST:
        raise BadRequest("yaml: document contains excessive aliasing")
    if not isinstance(obj, dict):
        raise BadRequest(
            f"the object provided is unrecognized (must be of type {kind}): "
            "couldn't get version/kind; json parse error: json: cannot unmarshal "
            "into Go value of type struct"
        )
    return obj, loader.duplicates


def size(value: Any, known: dict[int, int]) -> int:
    """How many values there are once each alias stands for itself: bombs are large."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in known:
        known[id(value)] = LARGEST + 1  # for one that contains itself
        items = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(size(item, known) for item in items)
    return known[id(value)]
