"""How server-side apply divides a value, as OpenAPI says it: ``x-kubernetes-list-type``,
``-list-map-keys``, ``-map-type``, and where there is none the patch strategy.

Source: ``k8s.io/kube-openapi/pkg/schemaconv`` (smd.go).
"""

from collections.abc import Mapping
from typing import Any

from onggi.api.schema_nodes import ATOMIC, FIELDS, KEYED, SET, Shape

Definition = Mapping[str, Any]

# The defaults of keys of list items that upstream's types declare (``+default``).
DEFAULTS = {
    ("io.k8s.api.core.v1.ContainerPort", "protocol"): "TCP",
    ("io.k8s.api.core.v1.ServicePort", "protocol"): "TCP",
}


def strategies_of(schema: Definition) -> tuple[str, ...]:
    strategy = schema.get("x-kubernetes-patch-strategy")
    return tuple(strategy.split(",")) if strategy else ()


def granularity(schema: Definition) -> Shape | None:
    """What x-kubernetes-map-type says."""
    said: dict[str, Shape] = {"atomic": ATOMIC, "granular": FIELDS}
    return said.get(schema.get("x-kubernetes-map-type", ""))


def division(schema: Definition) -> tuple[Shape, tuple[str, ...]]:
    """How a list is divided, and its keys: x-kubernetes-list-type, else the patch strategy."""
    keys = tuple(schema.get("x-kubernetes-list-map-keys", ()))
    match schema.get("x-kubernetes-list-type"):
        case "set":
            return SET, ()
        case "map":
            return KEYED, keys
        case None if "merge" in strategies_of(schema):
            key = schema.get("x-kubernetes-patch-merge-key")
            return (KEYED, (key,)) if key else (SET, ())
    return ATOMIC, ()
