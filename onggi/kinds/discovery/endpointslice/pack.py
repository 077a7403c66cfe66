"""Endpoints into slices with as few writes as possible. Pure data in, data out.

Whoever is in a slice stays there; newcomers go where something changes anyway, then into one
slice that has room for all of them, then into new slices.
Source: ``k8s.io/endpointslice`` (reconciler.go: reconcileByPortMapping).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from onggi.api.objects import Object, View

MAX_ENDPOINTS = 100  # in one slice
COMPARED = ("conditions", "nodeName", "zone", "targetRef", "deprecatedTopology")

Identity = tuple[object, ...]


@dataclass
class Packing:
    """What becomes of the slices of one set of ports."""

    changed: dict[str, list[Object]] = field(default_factory=dict)  # name → all its endpoints
    emptied: list[str] = field(default_factory=list)
    added: list[list[Object]] = field(default_factory=list)  # the contents of new slices


def identity(endpoint: View) -> Identity:
    """What makes it the same endpoint, whatever its state."""
    target = endpoint.get("targetRef") or {}
    addresses = tuple(sorted(endpoint.get("addresses") or ()))
    return addresses, endpoint.get("hostname"), target.get("namespace"), target.get("name")


def same(a: View, b: View) -> bool:
    return all((a.get(part) or None) == (b.get(part) or None) for part in COMPARED)


def pack(
    slices: Mapping[str, Sequence[View]], wanted: Sequence[Object], most: int = MAX_ENDPOINTS
) -> Packing:
    """``slices``: name → the endpoints it has now."""
    packing = Packing()
    left = {identity(endpoint): endpoint for endpoint in wanted}
    settled: dict[str, list[Object]] = {}
    for name, present in slices.items():
        found = [(old, left.pop(identity(old))) for old in present if identity(old) in left]
        kept = [new for _, new in found]
        if len(kept) == len(present) and all(same(*pair) for pair in found):
            settled[name] = [dict(old) for old in present]
        elif kept:
            packing.changed[name] = kept
        else:
            packing.emptied.append(name)
    place(packing, list(left.values()), settled, most)
    return packing


def place(
    packing: Packing, newcomers: list[Object], settled: dict[str, list[Object]], most: int
) -> None:
    """Find room for the newcomers."""
    for endpoints in sorted(packing.changed.values(), key=len, reverse=True):
        room = max(0, most - len(endpoints))
        endpoints += newcomers[:room]
        del newcomers[:room]
    while newcomers:
        name = best_fit(settled, len(newcomers), most)
        if name is not None:
            packing.changed[name] = settled.pop(name) + newcomers
            return
        packing.added.append(newcomers[:most])
        del newcomers[:most]


def best_fit(settled: Mapping[str, Sequence[View]], count: int, most: int) -> str | None:
    """The fullest slice that has room for all of them."""
    if count >= most:
        return None
    fitting = [name for name, endpoints in settled.items() if len(endpoints) + count <= most]
    return max(fitting, key=lambda name: len(settled[name]), default=None)
