"""All functions that expressions in Kubernetes v1.37 may call, by name."""

from onggi.api.cel.library import clock, conversions, operators, text
from onggi.api.cel.overloads import Overload

MODULES = (operators, conversions, clock, text)


def collected() -> dict[str, tuple[Overload, ...]]:
    found: dict[str, list[Overload]] = {}
    for module in MODULES:
        for overload in module.OVERLOADS:
            found.setdefault(overload.function, []).append(overload)
    return {name: tuple(overloads) for name, overloads in found.items()}


FUNCTIONS = collected()
