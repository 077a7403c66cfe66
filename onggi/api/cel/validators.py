"""Literals that are checked before an expression runs: durations, timestamps, patterns; lists
and maps, whose elements have one type in Kubernetes.

Source: ``cel-go/cel/validator.go`` (ASTValidators that Kubernetes sets since v1.29).
"""

from collections.abc import Callable
from typing import Any

from onggi.api.cel.errors import CelError, CelErrors, Issue
from onggi.api.cel.library.conversions import seconds
from onggi.api.cel.syntax import Call, ListNode, Literal, MapNode, Node, walk
from onggi.api.cel.times import duration_of, timestamp_of
from onggi.api.cel.types import DYN, unwrapped
from onggi.api.regex import RegexError, compiled

LITERALS: dict[str, tuple[int, dict[type, Callable[[Any], Any]]]] = {
    "duration": (0, {str: duration_of}),
    "timestamp": (0, {str: timestamp_of, int: seconds}),
    "matches": (-1, {str: compiled}),
}


def validate(root: Node, source: str) -> None:
    """Raises ``CelErrors``."""
    exempt = {id(node) for call in walk(root) if is_format(call) for node in walk(call)}
    issues: list[Issue] = []
    for node in walk(root):
        if isinstance(node, Call):
            issues += literals(node)
        elif isinstance(node, ListNode | MapNode) and id(node) not in exempt:
            issues += mixed(node)
    if issues:
        raise CelErrors(issues, source)


def is_format(node: Node) -> bool:
    return isinstance(node, Call) and node.function == "format"


def mixed(node: ListNode | MapNode) -> list[Issue]:
    """Elements that are not of the first one's type."""
    if isinstance(node, ListNode):
        return differing([(e, i in node.optional) for i, e in enumerate(node.elements)])[:1]
    keys = differing([(entry.key, False) for entry in node.entries])
    return keys + differing([(entry.value, entry.optional) for entry in node.entries])


def differing(nodes: list[tuple[Node, bool]]) -> list[Issue]:
    types = [unwrapped(node.type or DYN)[0] if opt else node.type or DYN for node, opt in nodes]
    return [
        Issue(node.offset, f"expected type '{types[0]}' but found '{given}'")
        for (node, _), given in zip(nodes, types, strict=True)
        if given != types[0]
    ]


def literals(call: Call) -> list[Issue]:
    if call.function not in LITERALS or not call.args:
        return []
    index, readers = LITERALS[call.function]
    given = call.args[index]
    if not isinstance(given, Literal) or (read := readers.get(type(given.value))) is None:
        return []
    try:
        read(given.value)
    except (CelError, RegexError):
        return [Issue(given.offset, f"invalid {call.function} argument")]
    return []
