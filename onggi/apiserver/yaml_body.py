"""Bodies in YAML: read as upstream does, through JSON's data model.

PyYAML is imported only when somebody sends such a body.
"""

from collections.abc import Sequence
from typing import Any

import yaml

from onggi.api.errors import BadRequest
from onggi.api.objects import Object

MAPPING = yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG
NO_ALIASES = "yaml: aliases are not supported in request bodies"


class Loader(yaml.CSafeLoader):
    """Remembers the keys that stand twice; leaves timestamps as text; expands no aliases."""

    duplicates: list[str]

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError(NO_ALIASES)
        return super().compose_node(parent, index)


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
    if not isinstance(obj, dict):
        raise BadRequest(
            f"the object provided is unrecognized (must be of type {kind}): "
            "couldn't get version/kind; json parse error: json: cannot unmarshal "
            "into Go value of type struct"
        )
    return obj, loader.duplicates
