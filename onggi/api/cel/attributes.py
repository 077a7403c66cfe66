"""``a.b``, ``a[i]``, ``a.?b``, ``a[?i]``, ``has(a.b)``.

Source: ``cel-go/interpreter/attributes.go``. A chain costs 1, and 1 for each step; where its
root is a call, the call's cost besides.
"""

from typing import Any

from onggi.api.cel.equality import find
from onggi.api.cel.errors import CelError
from onggi.api.cel.frame import Frame, Plan
from onggi.api.cel.plan import Planner, constant_type, is_constant, variable
from onggi.api.cel.syntax import Call, Ident, Literal, Node, Select
from onggi.api.cel.uint import Uint
from onggi.api.cel.values import NONE, UNSET, ObjectValue, Optional, type_name

INDEXING = ("_[_]", "_[?_]", "_?._")


def is_attribute(node: Node) -> bool:
    if isinstance(node, Call):
        return node.function in INDEXING or node.function == "_?_:_"
    return isinstance(node, Ident | Select) and node.constant is None


def root_cost(node: Node) -> int:
    """What a chain costs more because ``node``, its root, is a value of its own."""
    return 0 if is_attribute(node) else 1


def select(planner: Planner, node: Select) -> Plan:
    if node.constant is not None:
        return constant_type(node.constant)
    if node.qualified:
        return variable(planner, node.qualified)
    if node.test:
        return presence(planner, node)
    root: Node = node
    path: list[str] = []
    while isinstance(root, Select) and not (root.qualified or root.test or root.constant):
        path.append(root.field)
        root = root.operand
    names = tuple(reversed(path))
    start, cost = planner.plan(root), len(names) + root_cost(root)

    def chain(f: Frame) -> Any:
        value = start(f)
        f.cost += cost
        for index, name in enumerate(names):
            try:
                value = value[name] if type(value) is dict else field(value, name)
            except KeyError:
                f.cost -= len(names) - 1 - index
                raise CelError(f"no such key: {name}") from None
            except CelError:
                f.cost -= len(names) - 1 - index
                raise
        return value

    return chain


def presence(planner: Planner, node: Select) -> Plan:
    """``has(a.b)``: costs what ``a`` costs."""
    start, name, cost = planner.plan(node.operand), node.field, root_cost(node.operand)

    def test(f: Frame) -> bool:
        value = start(f)
        f.cost += cost
        return lookup(value, name) is not UNSET

    return test


def field(value: Any, name: str) -> Any:
    """``value.name``; within an optional, an optional."""
    if type(value) is Optional:
        return optional_step(value, name)
    found = lookup(value, name)
    if found is UNSET:
        raise CelError(f"no such key: {name}")
    return found


def lookup(value: Any, key: Any) -> Any:
    """What stands under a key or an index, or ``UNSET``."""
    if isinstance(value, dict | ObjectValue):
        return find(value, key)
    if isinstance(value, list | tuple):
        index = position(key)
        return value[index] if 0 <= index < len(value) else UNSET
    if type(value) is Optional:
        return lookup(value.value, key) if value.present else UNSET
    return UNSET


def position(key: Any) -> int:
    if type(key) is int or type(key) is Uint:
        return int(key)
    if type(key) is float:
        if key.is_integer():
            return int(key)
        raise CelError(f"unsupported index value {key:g} in list")
    raise CelError(f"unsupported index type '{type_name(key)}' in list")


def item(value: Any, key: Any) -> Any:
    """``value[key]``."""
    if type(value) is Optional:
        return optional_step(value, key)
    found = lookup(value, key)
    if found is UNSET:
        what = "index out of bounds" if isinstance(value, list | tuple) else "no such key"
        raise CelError(f"{what}: {shown(key)}")
    return found


def shown(key: Any) -> str:
    return ("false", "true")[key] if type(key) is bool else str(key)


def optional_step(value: Any, key: Any) -> Any:
    found = lookup(value, key)
    if found is UNSET:
        return NONE
    return found if type(found) is Optional else Optional(found)


def index(planner: Planner, node: Call) -> Plan:
    """``a[i]``, ``a[?i]`` and ``a.?b``."""
    operand, key = node.args
    start, key_of = planner.plan(operand), planner.plan(key)
    step = item if node.function == "_[_]" else optional_step
    extra = root_cost(operand)
    if is_constant(key) or not is_attribute(key):
        extra += 1

    def indexed(f: Frame) -> Any:
        value = start(f)
        f.cost += extra
        found = step(value, key_of(f))
        if found is NONE:
            f.cost -= 1
        return found

    if isinstance(key, Literal) and step is item:
        constant = key.value

        def fixed(f: Frame) -> Any:
            value = start(f)
            f.cost += extra
            return item(value, constant)

        return fixed
    return indexed
