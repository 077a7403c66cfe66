"""Objects that fit a kind's schema and are otherwise anything: what decoding lets through.

anything(POD, Random(7))      an object; most of it absent, some of it odd
"""

from random import Random
from typing import Any

from onggi.api.kind import Kind
from onggi.api.objects import Object
from onggi.apiserver import schemas

WORDS = (
    "", "a", "web", "Web", "a.b", "-x", "x" * 70, "1", "50%", "10.0.0.1", "::1", "10.0.0.0/24",
    "None", "Always", "Never", "True", "kubernetes.io/foo", "a/b/c", "/abs", "../up",
    "status.podIP",
    "metadata.labels['a']", "ClusterIP", "ExternalName", "NodePort", "LoadBalancer", "TCP", "In",
    "Exists", "NoExecute", "RollingUpdate", "Recreate", "Exact", "Localhost", "IPv4", "IPv6",
    "kubernetes.io/tls", "ServiceAccount", "*.example.com", "http", "cpu",
)  # fmt: skip
NUMBERS = (-1, 0, 1, 2, 80, 600, 65536, 2**31)
AMOUNTS = ("0", "1", "500m", "1Gi", "-1", "1.5", "2e3")
STAMPS = ("2026-01-01T00:00:00Z", "2025-12-31T23:00:00Z")
META = "io.k8s.apimachinery.pkg.apis.meta.v1"
DENSITIES = (2, 4, 8)  # fields of an object that are there, about
SPECIAL: dict[str, tuple[Any, ...]] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": AMOUNTS,
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": (0, 1, 80, -1, "http", "50%", "101%", ""),
    f"{META}.Time": STAMPS,
    f"{META}.MicroTime": ("2026-01-01T00:00:00.000000Z",),
    f"{META}.FieldsV1": ({},),
    f"{META}.ManagedFieldsEntry": ({},),
}


def anything(kind: Kind, random: Random) -> Object:
    assert isinstance(kind.schema, str)
    obj: Object = made(kind.schema, random, 0)
    obj["apiVersion"], obj["kind"] = kind.api_version, kind.name
    obj["metadata"] = {"name": "x", **obj.get("metadata", {})}
    return obj


def made(name: str, random: Random, depth: int) -> Any:
    if name in SPECIAL:
        return random.choice(SPECIAL[name])
    properties = schemas.read(name).get("properties") or {}
    chance = 0.9 if depth == 0 else random.choice(DENSITIES) / max(len(properties), 6)
    return {
        key: value_of(schema, random, depth + 1)
        for key, schema in properties.items()
        if random.random() < chance
    }


def value_of(schema: Any, random: Random, depth: int) -> Any:
    if reference := schema.get("$ref"):
        return made(reference.rpartition("/")[2], random, depth)
    match schema.get("type"):
        case "array":
            return [
                value_of(schema["items"], random, depth) for _ in range(random.choice((0, 1, 2)))
            ]
        case "object":
            inner = schema.get("additionalProperties") or {"type": "string"}
            words = random.sample(WORDS, random.choice((0, 1, 2)))
            return {word: value_of(inner, random, depth) for word in words}
        case "integer" | "number":
            return random.choice(NUMBERS)
        case "boolean":
            return random.random() < 0.5
    if schema.get("format") == "byte":
        return random.choice(("", "YQ==", "e30="))
    return random.choice(WORDS)
