"""Pod templates compared and named as upstream does: semantically, without the hash label."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from onggi.api.objects import View, clone, get
from onggi.api.quantity import parse

HASH = "pod-template-hash"
SAFE = "bcdfghjklmnpqrstvwxz2456789"  # apimachinery/pkg/util/rand: no vowels, no words
AMOUNTS = ("limits", "requests")


def same(a: View, b: View) -> bool:
    """Equal but for the hash label; absent and empty are one, and so are ``1`` and ``1000m``."""
    return plain(a) == plain(b)


def plain(template: View) -> Any:
    """The template in the form in which equal ones are identical."""
    copy = clone(template)
    labels = get(copy, "metadata.labels")
    if labels:
        labels.pop(HASH, None)
    if isinstance(copy.get("metadata"), dict):
        copy["metadata"].pop("creationTimestamp", None)
    return normal(copy)


def normal(value: Any) -> Any:
    if isinstance(value, Mapping):
        items = {
            key: amounts(item) if key in AMOUNTS and isinstance(item, Mapping) else normal(item)
            for key, item in value.items()
        }
        return {key: item for key, item in items.items() if item not in (None, {}, [])}
    if isinstance(value, list | tuple):
        return [normal(item) for item in value]
    return value


def amounts(resources: View) -> dict[str, int]:
    return {name: parse(str(amount)).nano for name, amount in resources.items()}


def template_hash(template: View, collisions: int) -> str:
    """Ten characters or fewer for the label and the ReplicaSet's name.

    Upstream hashes Go's print of the object; any stable hash will do, since templates are
    compared, not hashes.
    """
    text = json.dumps([plain(template), collisions], sort_keys=True)
    number = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")
    return "".join(SAFE[ord(digit) % len(SAFE)] for digit in str(number))
