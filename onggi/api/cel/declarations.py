"""What the checker asks of an environment."""

from typing import Protocol

from onggi.api.cel.overloads import Overload
from onggi.api.cel.types import Type


class Declarations(Protocol):
    """What an expression may name."""

    def variable(self, name: str) -> Type | None: ...
    def type_named(self, name: str) -> Type | None: ...
    def overloads(self, function: str) -> tuple[Overload, ...]: ...
    def field(self, struct: str, name: str) -> Type | None: ...
