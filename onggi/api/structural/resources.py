"""Objects inside a custom resource (x-kubernetes-embedded-resource): what all objects must be.

    check(obj, node) -> errors

Source: ``…/apiserver/schema/objectmeta/validation.go``.
"""

from collections.abc import Iterator
from typing import Any

from onggi.api import names
from onggi.api.field_error import FieldError, invalid, required
from onggi.api.meta import check_contents, check_finalizers, check_generation
from onggi.api.objects import View
from onggi.api.structural.lists import joined
from onggi.api.structural.node import Structural

MIXED = "may have mixed case, but should otherwise match: "


def check(value: Any, node: Structural | None, path: str = "") -> Iterator[FieldError]:
    if node is None or not node.embedding:
        return
    if isinstance(value, dict):
        if node.embedded:
            yield from check_resource(value, path)
        for key, item in value.items():
            yield from check(item, node.child(key), joined(path, key, key in node.properties))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from check(item, node.element, f"{path}[{index}]")


def check_resource(obj: View, path: str) -> Iterator[FieldError]:
    for field in ("apiVersion", "kind"):
        if field not in obj:
            yield required(f"{path}.{field}")
        elif not isinstance(obj[field], str):
            yield invalid(f"{path}.{field}", obj[field], "must be a string")
        elif not obj[field]:
            yield invalid(f"{path}.{field}", "", "must not be empty")
    yield from check_words(obj, path)
    meta = obj.get("metadata")
    if isinstance(meta, dict):
        yield from check_meta(meta, f"{path}.metadata")


def check_words(obj: View, path: str) -> Iterator[FieldError]:
    version, kind = obj.get("apiVersion"), obj.get("kind")
    if isinstance(version, str) and version.count("/") > 1:
        why = f"unexpected GroupVersion string: {version}"
        yield invalid(f"{path}.apiVersion", version, why)
    if isinstance(kind, str) and kind and (wrong := names.dns_1035_label(kind.lower())):
        yield invalid(f"{path}.kind", kind, MIXED + ",".join(wrong))


def check_meta(meta: View, path: str) -> Iterator[FieldError]:
    """A name is not needed, and may be any part of a path."""
    for field, prefix in (("name", False), ("generateName", True)):
        for message in names.path_name(meta.get(field) or "", prefix):
            yield invalid(f"{path}.{field}", meta[field], message)
    if namespace := meta.get("namespace"):
        for message in names.dns_label(namespace):
            yield invalid(f"{path}.namespace", namespace, message)
    found = [*check_generation(meta), *check_contents(meta)]
    found += check_finalizers(meta.get("finalizers") or ())
    for error in found:
        yield error._replace(path=path + error.path.removeprefix("metadata"))
