"""Where a decoding is, and what it has found: the words of upstream's decoders.

Source: ``sigs.k8s.io/json`` (decode.go: strict errors, UnmarshalTypeError).
"""

from typing import Any

from onggi.api.embedded import shown as shown_field
from onggi.api.gotext import quote

UNKNOWN_LIMIT = 100


class Walk:
    """Where a decoding is, and what it found. ``path`` has field names, list indices and, in
    a tuple each, the keys of maps; ``structs`` the names of the Go structs that are open."""

    __slots__ = ("errors", "fatal", "path", "structs", "unknown")

    def __init__(self) -> None:
        self.path: list[str | int | tuple[str]] = []
        self.structs: list[str] = []
        self.unknown: dict[str, None] = {}
        self.errors: list[str] = []
        self.fatal: list[str] = []

    def stranger(self, key: str) -> None:
        """A field that the innermost struct does not have."""
        if len(self.unknown) < UNKNOWN_LIMIT:
            self.path.append(key)
            self.unknown[f"unknown field {quote(self.place())}"] = None
            self.path.pop()

    def place(self) -> str:
        """``spec.containers[0].foo``, as upstream's strict decoder prints it."""
        parts = []
        for part in self.path:
            if isinstance(part, int):
                parts.append(f"[{part}]")
            else:
                parts.append(f".{part if isinstance(part, str) else part[0]}")
        return "".join(parts).removeprefix(".")

    def misfit(self, value: Any, go: str, shown: str = "") -> str:
        """The message about a value that does not fit the Go type."""
        what = f"json: cannot unmarshal {shown or json_type(value)} into Go"
        if not self.structs:
            return f"{what} value of type {go}"
        names = (part for part in self.path if isinstance(part, str))
        fields = ".".join(shown_field(s, n) for s, n in zip(self.structs, names, strict=True))
        return f"{what} struct field {self.structs[-1]}.{fields} of type {go}"


def json_type(value: Any) -> str:
    """What Go calls the JSON that a value came from."""
    if isinstance(value, bool):
        return "bool"
    return {str: "string", int: "number", float: "number", list: "array"}.get(type(value), "object")
