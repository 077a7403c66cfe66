"""The refusal of an apply that would take fields from others.

Source: ``k8s.io/apimachinery/pkg/util/managedfields/internal/conflict.go``.
"""

from collections.abc import Sequence

from onggi.api.errors import StatusError
from onggi.api.fields.elements import shown
from onggi.api.fields.entries import UPDATE
from onggi.api.fields.sets import Path
from onggi.api.fields.update import Conflict, Manager
from onggi.api.gotext import quote


def refusal(found: Sequence[Conflict]) -> StatusError:
    causes = [
        {
            "reason": "FieldManagerConflict",
            "message": f"conflict with {named(manager)}",
            "field": path_text(path),
        }
        for manager, path in found
    ]
    return StatusError(message(found), {"causes": causes}, code=409, reason="Conflict")


def message(found: Sequence[Conflict]) -> str:
    if len(found) == 1:
        manager, path = found[0]
        return f"Apply failed with 1 conflict: conflict with {named(manager)}: {path_text(path)}"
    lines = []
    for manager in sorted({conflict.manager for conflict in found}):
        lines.append(f"conflicts with {named(manager)}:")
        lines += [f"- {path_text(path)}" for who, path in found if who == manager]
    return f"Apply failed with {len(found)} conflicts: " + "\n".join(lines)


def named(manager: Manager) -> str:
    text = quote(manager.name)
    if manager.subresource:
        text += f" with subresource {quote(manager.subresource)}"
    return f"{text} using {manager.version}" if manager.operation == UPDATE else text


def path_text(path: Path) -> str:
    return "".join(map(shown, path))
