"""What one evaluation carries along: the variables, what it has cost, what it may cost."""

from collections.abc import Callable, Mapping
from typing import Any

from onggi.api.cel.errors import BudgetExceeded, CelError

UNLIMITED = 2**63


class Frame:
    """``slots`` are the variables of macros; ``known`` the outer ones that were asked for."""

    __slots__ = ("cost", "known", "limit", "slots", "values")

    def __init__(self, values: Mapping[str, Any], slots: int, limit: int) -> None:
        self.values = values
        self.slots: list[Any] = [None] * slots
        self.known: dict[str, Any] = {}
        self.limit = limit
        self.cost = 0

    def charge(self, cost: int) -> None:
        """Raises ``BudgetExceeded`` before the work is done."""
        self.cost += cost
        if self.cost > self.limit:
            raise BudgetExceeded(self.cost)

    def variable(self, name: str, adapt: Callable[[Any], Any]) -> Any:
        """An outer variable, converted on its first use."""
        try:
            raw = self.values[name]
        except KeyError:
            raise CelError(f"no such attribute(s): {name}") from None
        value = self.known[name] = adapt(raw)
        return value


Plan = Callable[[Frame], Any]
