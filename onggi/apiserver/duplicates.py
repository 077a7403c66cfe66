"""Which fields of a JSON text stand twice in one object. Pure.

Slow, and called only for texts that may have some: see ``body.duplicate_fields``.
"""

import json
from typing import Any


class Pairs(list[tuple[str, Any]]):
    """A JSON object with all that was written into it."""


def find(body: bytes) -> list[str]:
    """Paths as upstream's strict decoder prints them: ``spec.containers[0].name``."""
    return walk(json.loads(body, object_pairs_hook=Pairs), "")


def walk(value: Any, path: str) -> list[str]:
    if isinstance(value, Pairs):
        return in_object(value, f"{path}." if path else "")
    if isinstance(value, list):
        return [f for index, item in enumerate(value) for f in walk(item, f"{path}[{index}]")]
    return []


def in_object(pairs: Pairs, prefix: str) -> list[str]:
    found, seen = [], set()
    for key, item in pairs:
        if key in seen:
            found.append(f"{prefix}{key}")
        seen.add(key)
        found += walk(item, f"{prefix}{key}")
    return list(dict.fromkeys(found))
