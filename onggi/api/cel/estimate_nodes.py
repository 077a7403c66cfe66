"""What the cost estimate knows of a node by itself: its type, and its size where the text says."""

from dataclasses import dataclass
from typing import Protocol

from onggi.api.cel.declared import Declared
from onggi.api.cel.sizes import NOTHING, Entry, Range, fixed
from onggi.api.cel.syntax import ListNode, Literal, MapNode, Node
from onggi.api.cel.types import DYN, Type, is_optional

SCALARS = ("bool", "double", "duration", "int", "timestamp", "uint")
Path = tuple[str, ...]


class Sized(Protocol):
    """``root`` is the schema of the variables: upstream asks it whatever a path begins with."""

    root: Declared | None


@dataclass(slots=True)
class Local:
    """A variable of a macro: where it comes from, and its sizes."""

    path: Path
    size: Range | None = None
    entry: Entry | None = None


def type_of(node: Node) -> Type:
    return node.type or DYN


def is_scalar(t: Type) -> bool:
    return is_scalar(t.params[0]) if is_optional(t) else t.kind in SCALARS


def literal_size(node: Node) -> Range | None:
    if isinstance(node, Literal):
        return fixed(len(node.value) if isinstance(node.value, str | bytes) else 1)
    if isinstance(node, ListNode):
        return fixed(len(node.elements))
    return fixed(len(node.entries)) if isinstance(node, MapNode) else None


def summed(ranges: list[Range]) -> Range:
    total = NOTHING
    for each in ranges:
        total = total.plus(each)
    return total
