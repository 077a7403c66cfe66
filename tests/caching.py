"""Caches for tests of whatever listens to them."""

from collections.abc import Iterable

from onggi.api.kind import Kind
from onggi.controller.cache import Caches


def caches_of(kinds: Iterable[Kind]) -> Caches:
    """Every object whole."""
    held = tuple(kinds)
    return Caches(held, {kind: [lambda obj: True] for kind in held})
