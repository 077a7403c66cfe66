"""Two objects side by side, for an error that says what was changed.

Upstream prints Go's ``cmp.Diff`` of its structs; this names the paths instead.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

ABSENT: Any = object()
SHOWN = 20  # lines


def difference(old: Any, new: Any) -> str:
    """One line for each path: ``- containers[0].args: ["a"]``, ``+ containers[0].args: ["b"]``."""
    lines = list(lines_of(old, new, ""))
    if len(lines) > SHOWN:
        lines = [*lines[:SHOWN], "..."]
    return "\n".join(lines)


def lines_of(old: Any, new: Any, path: str) -> Iterator[str]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            at = f"{path}.{key}" if path else key
            yield from lines_of(old.get(key, ABSENT), new.get(key, ABSENT), at)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, pair in enumerate(zip(old, new, strict=True)):
            yield from lines_of(*pair, f"{path}[{index}]")
    else:
        for sign, value in (("-", old), ("+", new)):
            if value is not ABSENT:
                yield f"{sign} {path}: {json.dumps(value, default=dict)}"
