"""How deep what is written may be nested: Go stops at 10,000 levels, this server at 200.

Everything that walks an object recursively, here and in the controllers, can rely on it. No real
object comes near: the schema of a CustomResourceDefinition takes two levels for each of its own.
"""

from typing import Any

from onggi.api.errors import BadRequest

LIMIT = 200


def may_exceed(text: bytes) -> bool:
    """Whether JSON text has enough brackets for it; most has not, and need not be walked."""
    return text.count(b"{") + text.count(b"[") > LIMIT


def check(value: Any) -> None:
    """Raises BadRequest."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > LIMIT:
            raise BadRequest(f"the object is nested too deeply: exceeded max depth {LIMIT}")
        level = [
            item
            for found in level
            for item in (found.values() if isinstance(found, dict) else found)
            if isinstance(item, dict | list)
        ]
