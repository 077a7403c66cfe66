"""Macros at work: each fold is a loop of its own, at the cost of upstream's general one.

Source: ``cel-go/interpreter/interpretable.go`` (evalFold). The constants are what upstream's
expansion costs around the parts that the user wrote: see ``macros.py``.
"""

from collections.abc import Callable, Iterator
from typing import Any

from onggi.api.cel.equality import find
from onggi.api.cel.errors import CelError
from onggi.api.cel.frame import Frame, Plan
from onggi.api.cel.plan import Planner
from onggi.api.cel.syntax import Comprehension
from onggi.api.cel.values import UNSET, ObjectValue, kind_of, no_overload

ALL, EXISTS = (3, 2), (4, 3)  # an iteration; its condition alone
GATHER, INSERT, INSERT_ENTRY = 12, 3, 2
COUNT = 2


def comprehension(planner: Planner, node: Comprehension) -> Plan:
    if node.macro == "bind":
        return binding(planner, node)
    ranged = planner.plan(node.range)
    names = [node.var, node.var2] if node.var2 else [node.var]
    slots = planner.bind(*names)
    if node.macro == "filter":
        parts = [planner.plan(node.body[0])]
    else:
        parts = [planner.plan(part) for part in node.body]
    planner.unbind()
    step = pairs(*slots) if node.var2 else singles(*slots)
    run = LOOPS[node.macro](parts, slots)
    return lambda f: run(f, step(f, ranged(f)))


def singles(slot: int) -> Callable[[Frame, Any], Iterator[bool]]:
    """Puts each element, or each key, into its slot; yields whether more follow."""

    def each(f: Frame, value: Any) -> Iterator[bool]:
        if isinstance(value, list | tuple):
            last = len(value) - 1
        elif isinstance(value, dict | ObjectValue):
            value = list(value)
            last = len(value) - 1
        else:
            raise CelError(f"got '{kind_of(value)}', expected iterable type")
        slots = f.slots
        for index, item in enumerate(value):
            slots[slot] = item
            yield index < last

    return each


def pairs(first: int, second: int) -> Callable[[Frame, Any], Iterator[bool]]:
    """Index and element, or key and value."""

    def each(f: Frame, value: Any) -> Iterator[bool]:
        if isinstance(value, list | tuple):
            items: list[tuple[Any, Any]] = list(enumerate(value))
        elif isinstance(value, dict | ObjectValue):
            items = [(key, find(value, key)) for key in value]
        else:
            raise CelError(f"unsupported comprehension range type: {kind_of(value)}")
        last = len(items) - 1
        for index, (key, item) in enumerate(items):
            f.slots[first], f.slots[second] = key, item
            yield index < last

    return each


def quantified(decisive: bool, cost: int, end: int) -> Callable[..., Any]:
    """``all`` is decided by a false one, ``exists`` by a true one, whatever failed before."""

    def make(parts: list[Plan], slots: list[int]) -> Any:
        (predicate,) = parts

        def run(f: Frame, steps: Iterator[bool]) -> bool:
            failed: CelError | None = None
            for more in steps:
                f.charge(cost)
                try:
                    value = predicate(f)
                except CelError as error:
                    failed = failed or error
                    continue
                if value is decisive:
                    f.cost += 1 + (end if more else 0)
                    return decisive
                if type(value) is not bool:
                    failed = failed or no_overload()
            f.cost += 1
            if failed is not None:
                raise failed
            return not decisive

        return run

    return make


def exists_one(parts: list[Plan], slots: list[int]) -> Any:
    (predicate,) = parts

    def run(f: Frame, steps: Iterator[bool]) -> bool:
        count = 0
        for _ in steps:
            if true(f, predicate):
                f.charge(COUNT)
                count += 1
            elif f.cost > f.limit:
                f.charge(0)
        f.cost += 2
        return count == 1

    return run


def true(f: Frame, predicate: Plan) -> bool:
    value = predicate(f)
    if type(value) is not bool:
        raise no_overload()
    return value


def mapped(parts: list[Plan], slots: list[int]) -> Any:
    *where, transform = parts

    def run(f: Frame, steps: Iterator[bool]) -> list[Any]:
        found: list[Any] = []
        for _ in steps:
            if where and not true(f, where[0]):
                f.charge(0)
                continue
            f.charge(GATHER)
            found.append(transform(f))
        f.cost += 1
        return found

    return run


def filtered(parts: list[Plan], slots: list[int]) -> Any:
    (predicate,) = parts
    slot = slots[0]

    def run(f: Frame, steps: Iterator[bool]) -> list[Any]:
        found: list[Any] = []
        for _ in steps:
            if true(f, predicate):
                f.charge(GATHER + 1)
                found.append(f.slots[slot])
            elif f.cost > f.limit:
                f.charge(0)
        f.cost += 1
        return found

    return run


def transformed(parts: list[Plan], slots: list[int]) -> Any:
    *where, transform = parts
    slot = slots[0]

    def run(f: Frame, steps: Iterator[bool]) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for _ in steps:
            if where and not true(f, where[0]):
                f.charge(0)
                continue
            f.charge(INSERT)
            insert(found, f.slots[slot], transform(f))
        f.cost += 1
        return found

    return run


def transformed_entries(parts: list[Plan], slots: list[int]) -> Any:
    *where, transform = parts

    def run(f: Frame, steps: Iterator[bool]) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for _ in steps:
            if where and not true(f, where[0]):
                f.charge(0)
                continue
            f.charge(INSERT_ENTRY)
            entry = transform(f)
            if not isinstance(entry, dict):
                raise no_overload("cel.@mapInsert")
            for key, value in entry.items():
                insert(found, key, value)
        f.cost += 1
        return found

    return run


def insert(into: dict[Any, Any], key: Any, value: Any) -> None:
    if find(into, key) is not UNSET:
        raise CelError(f"insert failed: key {key} already exists")
    into[key] = value


def binding(planner: Planner, node: Comprehension) -> Plan:
    """A name for a value, worked out where it is first used."""
    value = planner.plan(node.init)
    (slot,) = planner.bind(node.accumulator)
    body = planner.plan(node.result)
    planner.unbind()

    def run(f: Frame) -> Any:
        f.slots[slot] = value(f)
        return body(f)

    return run


LOOPS: dict[str, Callable[[list[Plan], list[int]], Any]] = {
    "all": quantified(False, *ALL),
    "exists": quantified(True, *EXISTS),
    "exists_one": exists_one,
    "map": mapped,
    "filter": filtered,
    "transformMap": transformed,
    "transformMapEntry": transformed_entries,
}
