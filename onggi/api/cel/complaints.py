"""What the checker says of an expression, in upstream's words (``cel-go/checker/errors.go``)."""

from onggi.api.cel.errors import Issue
from onggi.api.cel.syntax import Call, Entry, Ident, Node, Select
from onggi.api.cel.types import ERROR, Type
from onggi.api.cel.unify import Bindings


class Complaints:
    """``bindings`` is what is known of type parameters: complaints show types with it."""

    def __init__(self) -> None:
        self.bindings = Bindings()
        self.issues: list[Issue] = []

    def complain(self, node: Node | Entry, text: str) -> Type:
        self.issues.append(Issue(node.offset, text))
        return ERROR

    def mismatch(self, node: Node | Entry, wanted: Type, given: Type) -> Type:
        return self.complain(node, f"expected type '{wanted}' but found '{given}'")

    def undeclared(self, node: Node, name: str) -> Type:
        return self.complain(node, f"undeclared reference to '{name}' (in container '')")

    def no_overload(self, node: Call, given: list[Type]) -> Type:
        shown = [str(self.bindings.resolve(t, dyn=True)) for t in given]
        target = f"{shown.pop(0)}." if node.target is not None else ""
        applied = f"{target}({', '.join(shown)})"
        text = f"found no matching overload for '{node.function}' applied to '{applied}'"
        return self.complain(node, text)


def qualified(node: Node) -> str:
    """``a.b.c``, or nothing where it is not a chain of names."""
    names: list[str] = []
    while isinstance(node, Select):
        if node.test:
            return ""
        names.append(node.field)
        node = node.operand
    if not isinstance(node, Ident):
        return ""
    return ".".join([node.name.removeprefix("."), *reversed(names)])
