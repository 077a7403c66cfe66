"""The OpenAPI v2 document of an extension server as a part of ours. Pure.

Only what is about its group version is taken, and the definitions that this leads to; one that
has the name of another of ours gets a name of its own.
Source: ``k8s.io/kube-openapi/pkg/aggregator/aggregator.go`` (FilterSpecByPaths, MergeSpecs).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from onggi.api.objects import Object, View

PLACE = "#/definitions/"


def merged(ours: View, theirs: View, path: str) -> Object:
    """``ours`` with what ``theirs`` says below ``path`` (``/apis/GROUP/VERSION``)."""
    paths = {
        where: item
        for where, item in mapping(theirs, "paths").items()
        if (where == path or where.startswith(f"{path}/")) and where not in ours["paths"]
    }
    definitions = reachable(paths, mapping(theirs, "definitions"))
    names = renamed(definitions, mapping(ours, "definitions"))
    added = {names[name]: with_names(found, names) for name, found in definitions.items()}
    return {
        **ours,
        "paths": {**ours["paths"], **with_names(paths, names)},
        "definitions": {**added, **mapping(ours, "definitions")},
    }


def mapping(document: View, field: str) -> Mapping[str, Any]:
    found = document.get(field)
    return found if isinstance(found, Mapping) else {}


def reachable(start: Any, definitions: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    waiting = list(references(start))
    while waiting:
        name = waiting.pop()
        if name in definitions and name not in found:
            found[name] = definitions[name]
            waiting += references(definitions[name])
    return dict(sorted(found.items()))


def references(value: Any) -> Iterator[str]:
    """The definitions that a piece of a document names."""
    if isinstance(value, Mapping):
        target = value.get("$ref")
        if isinstance(target, str) and target.startswith(PLACE):
            yield target.removeprefix(PLACE)
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def renamed(added: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, str]:
    """What each is to be called: as it is, unless ours of that name says something else."""
    names: dict[str, str] = {}
    for name, definition in added.items():
        free, count = name, 2
        while free in ours and ours[free] != definition:
            free, count = f"{name}_v{count}", count + 1
        names[name] = free
    return names


def with_names(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        found = {key: with_names(item, names) for key, item in value.items()}
        target = value.get("$ref")
        if isinstance(target, str) and target.startswith(PLACE):
            name = target.removeprefix(PLACE)
            found["$ref"] = PLACE + names.get(name, name)
        return found
    return [with_names(item, names) for item in value] if isinstance(value, list) else value
