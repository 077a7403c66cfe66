"""What a Kind made from a CustomResourceDefinition has beside what every Kind has.

    kind.custom.node          the compiled schema of the kind's version
    kind.custom.family        what all versions of the definition share

Schemas are compiled when a custom resource is first written or read in another way than it is
stored: two hundred definitions that nobody uses cost nothing.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from onggi.api.objects import Object, View
from onggi.api.structural.defaults import pruned
from onggi.api.structural.node import Structural

Convert = Callable[[Object, str], Object]  # (object, apiVersion wanted)


class Family:
    """One CustomResourceDefinition as it is served at present.

    ``since`` is the revision of the last change of its spec: objects written later need no
    second look when they are read in the version that is stored.
    """

    def __init__(self, crd: View, since: int, convert: Convert) -> None:
        self.crd, self.since, self.convert = crd, since, convert
        spec = crd["spec"]
        self.group: str = spec["group"]
        self.versions: Mapping[str, View] = {v["name"]: v for v in spec["versions"]}
        self.storage: str = next(n for n, v in self.versions.items() if v.get("storage"))
        self.conversion: View = spec.get("conversion") or {"strategy": "None"}
        self.preserve = bool(spec.get("preserveUnknownFields"))
        self.terminating = "deletionTimestamp" in crd["metadata"]
        self._nodes: dict[str, Structural] = {}

    def node(self, version: str) -> Structural:
        """The schema of a version, which need not be the one that is served."""
        found = self._nodes.get(version)
        if found is None:
            found = Structural(schema_of(self.versions.get(version) or {}))
            if found.defaulting:
                pruned(found)
            self._nodes[version] = found
        return found

    @property
    def is_webhook(self) -> bool:
        return bool(self.conversion.get("strategy") == "Webhook")


def schema_of(version: View) -> View:
    return (version.get("schema") or {}).get("openAPIV3Schema") or {}


class Custom:
    """``definition`` names the version's schema in OpenAPI documents."""

    def __init__(self, family: Family, version: str, names: View) -> None:
        self.family, self.version = family, version
        self.list_kind: str = names["listKind"]
        self.singular: str = names["singular"]
        reverse = ".".join(reversed(family.group.split(".")))
        self.definition = f"{reverse}.{version}.{names['kind']}"
        self.is_stored = version == family.storage

    @cached_property
    def node(self) -> Structural:
        return self.family.node(self.version)

    @cached_property
    def check(self) -> Callable[[View, View | None, bool], list[Any]]:
        """Everything wrong with an object, of its whole or of its status alone."""
        from onggi.api.custom_rules import Checker

        return Checker(self).check
