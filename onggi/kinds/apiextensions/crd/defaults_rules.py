"""Defaults of a schema have to fit it.

Source: ``k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting/validation.go``.
"""

from collections.abc import Iterator, Mapping

from onggi.api.field_error import FieldError, invalid
from onggi.api.gotext import json_text
from onggi.api.objects import View, clone_value
from onggi.api.structural import resources
from onggi.api.structural.node import Structural
from onggi.api.structural.prune import prune
from onggi.api.structural.result import NOWHERE
from onggi.api.structural.values import Validator

RULES = "x-kubernetes-validations"


def check(schema: View, path: str) -> Iterator[FieldError]:
    """Not those within ``additionalProperties``, as upstream."""
    if (default := schema.get("default")) is not None:
        yield from check_default(schema, default, f"{path}.default")
    if isinstance(schema.get("items"), Mapping):
        yield from check(schema["items"], f"{path}.items")
    for name, inner in (schema.get("properties") or {}).items():
        yield from check(inner or {}, f"{path}.properties[{name}]")


def check_default(schema: View, default: object, path: str) -> Iterator[FieldError]:
    node, copy = Structural(schema), clone_value(default)
    prune(copy, node, None, root=node.embedded)
    if copy != default:
        yield invalid(path, default, "must not have unknown fields")
    wrong = list(resources.check(default, node, path))
    wrong = wrong or Validator(schema).check(default, prefix=path)
    yield from wrong or check_expressions(schema, default, path)


def check_expressions(schema: View, default: object, path: str) -> Iterator[FieldError]:
    """The rules hold for a default that is there from the start, and for one that stays."""
    if RULES not in json_text(schema):
        return
    from onggi.api.structural.rules import Rules, has_rules  # a language of its own

    if has_rules(schema):
        rules = Rules(schema)
        for error in rules.check(default, default) or rules.check(default):
            inner = "" if error.path == NOWHERE else f".{error.path}"
            yield error._replace(path=path + inner)
