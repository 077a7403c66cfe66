"""What the cost estimate knows of the arguments of a call, and what a rule for a call gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from onggi.api.cel.sizes import UNKNOWN, Range
from onggi.api.cel.types import Type


@dataclass(slots=True)
class Argument:
    """What is known of an argument: type, path from a variable, size, and the literal's value."""

    type: Type
    path: tuple[str, ...]
    size: Range | None
    schema_size: Callable[[tuple[str, ...]], Range | None]
    constant: Any = None

    @property
    def known(self) -> Range:
        return UNKNOWN if self.size is None else self.size

    def item(self) -> "Argument | None":
        """What a list holds."""
        if not self.type.params:
            return None
        path = (*self.path, "@items") if self.path else ()
        size = self.schema_size(path)
        return Argument(self.type.params[0], path, size, self.schema_size)


@dataclass(slots=True)
class Estimated:
    """The cost of the call itself, and the size of its result where that is known."""

    cost: Range
    size: Range | None = None


Target = Argument | None
Estimate = Callable[[Target, Sequence[Argument]], Estimated | None]
