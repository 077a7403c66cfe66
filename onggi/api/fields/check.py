"""Whether a configuration is of its kind's shape, in the words of upstream's typed values.

Source: ``sigs.k8s.io/structured-merge-diff/v6/typed`` (validate.go, helpers.go).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from onggi.api.fields.elements import SCALARS, Misshapen, shown, shown_value
from onggi.api.fields.plan import Plan
from onggi.api.gotext import verb_v
from onggi.api.schema_nodes import (
    DEDUCED,
    KEYED,
    SET,
    Amount,
    Binary,
    Flag,
    IntOrString,
    List,
    Moment,
    Node,
    Raw,
    Real,
    Text,
    Whole,
)

Error = tuple[str, str]  # path, what is wrong there
GO_TYPES = {bool: "bool", int: "int64", float: "float64", str: "string", list: "[]interface {}"}
OF_NODE: dict[type[Node], str] = {
    Whole: "number", Real: "number", Flag: "boolean", Text: "string", Binary: "string",
    Moment: "scalar", IntOrString: "scalar", Amount: "scalar", Raw: "any", List: "array",
}  # fmt: skip
TYPES = {"integer": "number", "number": "number", "boolean": "boolean", "string": "string",
         "array": "array"}  # fmt: skip


def check(value: Any, plan: Plan) -> None:
    """Raises Misshapen with everything that is wrong."""
    found = [f"{path}: {why}" if path else why for path, why in errors(value, plan, "")]
    if len(found) == 1:
        raise Misshapen(found[0])
    if found:
        raise Misshapen("\n  ".join(["errors:", *found]))


def errors(value: Any, plan: Plan, path: str) -> Iterator[Error]:
    if value is None or plan.shape == DEDUCED:
        return
    kind = kind_of(plan.node)
    if kind == "array":
        yield from _list(value, plan, path)
    elif kind == "object":
        yield from _map(value, plan, path)
    elif why := _scalar(value, kind):
        yield path, why


def kind_of(node: Node) -> str:
    """What a node takes: number, boolean, string, scalar, any, array, object."""
    return OF_NODE.get(type(node)) or TYPES.get(getattr(node, "type", ""), "object")


def _scalar(value: Any, kind: str) -> str:
    """What is wrong with a single value, if anything is."""
    given = type(value)
    if kind == "number" and given not in (int, float):
        return f"expected numeric (int or float), got {go_type(value)}"
    if kind == "boolean" and given is not bool:
        return f"expected boolean, got {boxed(value)}"
    if kind == "string" and given is not str:
        return f"expected string, got &value.valueUnstructured{{Value:{shown_value(value)}}}"
    if kind == "scalar" and given not in SCALARS:
        return f"expected any scalar, got {boxed(value)}"
    return ""


def go_type(value: Any) -> str:
    return GO_TYPES.get(type(value), "map[string]interface {}")


def boxed(value: Any) -> str:
    return f"&{{{verb_v(value)}}}"


def _list(value: Any, plan: Plan, path: str) -> Iterator[Error]:
    if not isinstance(value, list):
        yield path, f"expected list, got {boxed(value)}"
        return
    seen = set()
    for index, item in enumerate(value):
        element = f"i:{index}"
        if plan.shape in (SET, KEYED):
            try:
                element = plan.element(item)
            except Misshapen as error:
                yield path, f"element {index}: {error}"
                return
            if element in seen:
                yield path, f"duplicate entries for key {shown(element)}"
            seen.add(element)
        yield from errors(item, plan.items, path + shown(element))


def _map(value: Any, plan: Plan, path: str) -> Iterator[Error]:
    if not isinstance(value, Mapping):
        yield path, f"expected map, got {boxed(value)}"
        return
    for name, item in value.items():
        element, inner, field, known = plan.below(name)
        if field is None and not known:
            yield path + shown(element), "field not declared in schema"
            return
        yield from errors(item, inner, path + shown(element))
