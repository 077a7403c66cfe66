"""Compress Kubernetes' published API definitions into ``onggi/data/definitions.sqlite``.

Runs for wheels and editable installs alike. The build dependency ``kubernetes-validate`` has
every definition of one Kubernetes version in one file, in the dialect of JSON Schema
validators; this hook turns them back into upstream's OpenAPI v2 form and stores each
definition by itself, so that the server reads only those it serves:

    definition(name PRIMARY KEY, structure, described)
    source(commit_id)                       of this package, for ``/version``

``structure`` is JSON without descriptions, for decoding and patching, and has under ``x-go``
what OpenAPI does not say (``tools/go_facts.py``); ``described`` is upstream's whole, deflated,
for ``/openapi``. The names are upstream's: ``io.k8s.api.apps.v1.Deployment``.
"""

import json
import sqlite3
import subprocess
import zlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VERSION = "v1.37.0"
SOURCE = f"kubernetes-json-schema/{VERSION}-local/_definitions.json"
FACTS = "tools/go_facts.json"
TARGET = "onggi/data/definitions.sqlite"

# Types that are written in their own way; what upstream's OpenAPI v2 says of them.
QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
SPECIAL: dict[str, dict[str, Any]] = {
    QUANTITY: {"type": "string"},
    INT_OR_STRING: {
        "type": "string",
        "format": "int-or-string",
        "x-kubernetes-int-or-string": True,
    },
}

# Objects whose content upstream keeps as it is.
RAW = (
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1",
    "io.k8s.apimachinery.pkg.runtime.RawExtension",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON",
)


class DefinitionsHook(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        facts = json.loads((root / FACTS).read_text())
        write(root / TARGET, definitions(), facts, commit(root))


def commit(root: Path) -> str:
    """Where this is a checkout; zeroes in a source archive."""
    try:
        asked = ["git", "-C", str(root), "rev-parse", "HEAD"]
        return subprocess.run(asked, capture_output=True, check=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "0" * 40


def definitions() -> dict[str, Any]:
    """name → definition, as upstream publishes them."""
    spec = find_spec("kubernetes_validate")
    if spec is None or spec.origin is None:
        raise RuntimeError("building Onggi needs the package kubernetes-validate")
    found = json.loads((Path(spec.origin).parent / SOURCE).read_text())["$defs"]
    return {name: normal(name, definition) for name, definition in found.items()}


def normal(name: str, definition: dict[str, Any]) -> dict[str, Any]:
    if name in SPECIAL:
        about = {"description": definition.get("description", "")} if name == QUANTITY else {}
        return {**{k: v for k, v in about.items() if v}, **SPECIAL[name]}
    plain = normal_schema(definition)
    if name in RAW:
        plain["x-kubernetes-preserve-unknown-fields"] = True
    return plain


def normal_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """One type instead of two, no enumeration of the one apiVersion, short references."""
    result = {}
    for key, value in schema.items():
        match key:
            case "enum":
                continue
            case "type":
                value = next(t for t in value if t != "null") if isinstance(value, list) else value
            case "$ref":
                value = value.replace("#/$defs/", "#/definitions/")
            case "properties":
                value = {name: normal_schema(v) for name, v in value.items()}
            case "items" | "additionalProperties":
                value = normal_schema(value) if isinstance(value, dict) else value
        result[key] = value
    return result


def bare(schema: Any) -> Any:
    """Without descriptions. A property may be called ``description``, hence the care."""
    if not isinstance(schema, dict):
        return schema
    result = {}
    for key, value in schema.items():
        if key == "description":
            continue
        if key == "properties":
            value = {name: bare(v) for name, v in value.items()}
        elif key in ("items", "additionalProperties"):
            value = bare(value)
        result[key] = value
    return result


def rows(found: dict[str, Any], facts: dict[str, Any]) -> Iterator[tuple[str, bytes, bytes]]:
    for name, definition in sorted(found.items()):
        structure = {**bare(definition), **({"x-go": facts[name]} if name in facts else {})}
        yield name, compact(structure), zlib.compress(compact(definition), 9)


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def write(target: Path, found: dict[str, Any], facts: dict[str, Any], commit_id: str) -> None:
    """Replace the file in one step: a running server keeps the one it has open."""
    target.parent.mkdir(exist_ok=True)
    fresh = target.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    database = sqlite3.connect(fresh)
    try:
        database.execute(
            "CREATE TABLE definition (name TEXT PRIMARY KEY, structure BLOB, described BLOB)"
            " WITHOUT ROWID"
        )
        database.executemany("INSERT INTO definition VALUES (?, ?, ?)", rows(found, facts))
        database.execute("CREATE TABLE source (commit_id TEXT)")
        database.execute("INSERT INTO source VALUES (?)", (commit_id,))
        database.commit()
        database.execute("VACUUM")
    finally:
        database.close()
    fresh.replace(target)
