"""What an expression may name: variables with their types, functions, types.

An ``Environment`` is made once and shared; programs are cached for it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from onggi.api.cel.declared import Declared
from onggi.api.cel.library import FUNCTIONS
from onggi.api.cel.overloads import Overload
from onggi.api.cel.types import NAMES, Type
from onggi.api.cel.values import no_overload

Variables = Mapping[str, Type | Declared]


def untouched(value: Any) -> Any:
    return value


class Environment:
    """``variables`` have a plain type (``DYN``, ``STRING``…) or one from a schema.

    ``structs`` are further types; ``new`` makes the values of object literals. ``root`` is where
    the cost estimate looks for sizes: under any name, as upstream's does. ``nulls``: what has a
    type may be null all the same.
    """

    def __init__(
        self,
        variables: Variables,
        structs: Mapping[str, Declared] | None = None,
        new: Callable[[str, dict[str, Any]], Any] | None = None,
        root: Declared | None = None,
    ) -> None:
        self.root = root
        self.variables = dict(variables)
        self.structs: dict[str, Declared] = dict(structs or {})
        self._new = new
        for given in variables.values():
            if isinstance(given, Declared):
                self.structs.update(given.structs())
        self.nulls = any(d.nulls() for d in variables.values() if isinstance(d, Declared))

    def extended(self, variables: Variables) -> "Environment":
        """The same with more variables."""
        return type(self)({**self.variables, **variables}, self.structs, self._new, self.root)

    def variable(self, name: str) -> Type | None:
        given = self.variables.get(name)
        return given.type if isinstance(given, Declared) else given

    def declared(self, name: str) -> Declared | None:
        given = self.variables.get(name)
        return given if isinstance(given, Declared) else None

    def adapter(self, variable: str) -> Callable[[Any], Any]:
        given = self.declared(variable)
        return given.adapt if given else untouched

    def type_named(self, name: str) -> Type | None:
        found = self.structs.get(name)
        return found.type if found else NAMES.get(name)

    def overloads(self, function: str) -> tuple[Overload, ...]:
        return FUNCTIONS.get(function, ())

    def field(self, struct: str, name: str) -> Type | None:
        owner = self.structs.get(struct)
        found = owner.field(name) if owner else None
        return found.type if found else None

    def new(self, struct: str, fields: dict[str, Any]) -> Any:
        if self._new is None:
            raise no_overload(struct)
        return self._new(struct, fields)
