"""All functions that expressions in Kubernetes v1.37 may call, by name.

Source: ``k8s.io/apiserver/pkg/cel/environment/base.go``. What a new expression may use is what
v1.36 knows too (``MinCompatibilityVersion``), hence not ``includes``.
"""

from onggi.api.cel.library import (
    amounts,
    authorization,
    clock,
    conversions,
    formats,
    lists,
    network,
    operators,
    optionals,
    patterns,
    text,
    urls,
)
from onggi.api.cel.overloads import Overload

MODULES = (
    operators, conversions, clock, text, patterns, lists, optionals, network, amounts, formats,
    authorization, urls,
)  # fmt: skip


def collected() -> dict[str, tuple[Overload, ...]]:
    found: dict[str, list[Overload]] = {}
    for module in MODULES:
        for overload in module.OVERLOADS:
            found.setdefault(overload.function, []).append(overload)
    return {name: tuple(overloads) for name, overloads in found.items()}


FUNCTIONS = collected()
