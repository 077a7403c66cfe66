"""Literals that are checked before an expression runs: durations, timestamps, patterns.

Source: ``cel-go/cel/validator.go`` (ASTValidators that Kubernetes sets since v1.29).
"""

from collections.abc import Callable
from typing import Any

from onggi.api.cel.errors import CelError, CelErrors, Issue
from onggi.api.cel.syntax import Call, Literal, Node, walk
from onggi.api.cel.times import duration_of, timestamp_of
from onggi.api.regex import RegexError, compiled

LITERALS: dict[str, tuple[int, Callable[[str], Any]]] = {
    "duration": (0, duration_of),
    "timestamp": (0, timestamp_of),
    "matches": (-1, compiled),
}


def validate(root: Node, source: str) -> None:
    """Raises ``CelErrors``."""
    issues = [issue for node in walk(root) if isinstance(node, Call) for issue in literals(node)]
    if issues:
        raise CelErrors(issues, source)


def literals(call: Call) -> list[Issue]:
    if call.function not in LITERALS or not call.args:
        return []
    index, read = LITERALS[call.function]
    given = call.args[index]
    if not isinstance(given, Literal) or type(given.value) is not str:
        return []
    try:
        read(given.value)
    except (CelError, RegexError):
        return [Issue(given.offset, f"invalid {call.function} argument")]
    return []
