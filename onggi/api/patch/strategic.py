"""Strategic merge patches: a merge patch that knows, from the schema, how lists merge.

A list with the strategy ``merge`` is merged item by item (objects by their merge key, scalars
as a set); others are replaced. The patch steers with directives: ``$patch`` (replace, delete),
``$retainKeys``, ``$setElementOrder/LIST`` and ``$deleteFromPrimitiveList/LIST``.

Source: ``k8s.io/apimachinery/pkg/util/strategicpatch`` (patch.go, mergeMap and below).
"""

from typing import Any

from onggi.api.errors import BadRequest
from onggi.api.gotext import quote, type_name, verb_v
from onggi.api.objects import Object, View, clone
from onggi.api.patch.json import DoesNotApply
from onggi.api.patch.order import arranged, checked_key, position, same
from onggi.api.schema import Schema, Struct
from onggi.api.schema_nodes import Field, Node

MARKER = "$patch"
RETAIN_KEYS = "$retainKeys"
ORDER = "$setElementOrder"
DELETE_SCALARS = "$deleteFromPrimitiveList"

BAD_RETAIN_KEYS = "invalid patch format of retainKeys"
BAD_ORDER = "invalid patch format of setElementOrder list"
BAD_DELETE = "invalid patch format of primitive list"
NO_LISTS_OF_LISTS = "lists of lists are not supported"


class Unmergeable(BadRequest):
    """A patch that means nothing for its type. Upstream has the same words and answers 500,
    though it is the client's mistake."""


def apply(obj: View, patch: View, schema: Schema) -> Object:
    """The object that the patch makes of ``obj``; neither is touched."""
    return merge_maps(clone(obj), clone(patch), schema)


def merge_maps(original: Object, patch: Object, schema: Node) -> Object:
    """Write the patch into ``original``; the patch is used up."""
    if MARKER in patch:
        return by_marker(patch)
    retain_keys(original, patch)
    for key in [k for k in patch if k.startswith(ORDER)]:
        merge_in_order(original, patch, key, schema)
    for key, value in patch.items():
        merge_field(original, key, value, schema)
    return original


def by_marker(patch: Object) -> Object:
    directive = patch.pop(MARKER)
    if directive == "replace":
        return patch
    if directive == "delete":
        return {}
    raise unknown_directive(directive, {**patch, MARKER: directive})


def unknown_directive(directive: Any, patch: View) -> Unmergeable:
    return Unmergeable(f"unknown patch type: {verb_v(directive)} in map: {verb_v(patch)}")


def retain_keys(original: Object, patch: Object) -> None:
    """Clear every key that the patch does not say to retain."""
    if RETAIN_KEYS not in patch:
        return
    kept = patch.pop(RETAIN_KEYS)
    if not isinstance(kept, list):
        raise BadRequest(BAD_RETAIN_KEYS)
    for key, value in patch.items():
        directive = key.startswith((DELETE_SCALARS, ORDER))
        if value is not None and not directive and key not in kept:
            raise BadRequest(BAD_RETAIN_KEYS)
    for key in [k for k in original if k not in kept]:
        del original[key]


def merge_field(original: Object, key: str, value: Any, schema: Node) -> None:
    deletes = key.startswith(DELETE_SCALARS)
    if deletes:
        key = listed_field(key, DELETE_SCALARS, BAD_DELETE)
    if value is None:
        original.pop(key, None)
        return
    if key in original:
        old = original[key]
        if isinstance(old, dict) and isinstance(value, dict):
            original[key] = merge_map_field(old, value, lookup(schema, key))
            return
        if isinstance(old, list) and isinstance(value, list):
            field = lookup(schema, key)
            original[key] = merge_list_field(old, value, field, deletes)
            return
    if deletes:
        return
    discard_nulls(value)
    kept, value = without_directives(value)
    if kept:
        original[key] = value
    else:
        original.pop(key, None)


def listed_field(key: str, prefix: str, says: str) -> str:
    """The list that ``$setElementOrder/ports`` is about."""
    directive, slash, name = key.partition("/")
    if not slash or directive != prefix:
        raise BadRequest(says)
    return name


def lookup(schema: Node, key: str) -> Field:
    """The field of a struct; upstream looks only where both sides have something to merge."""
    if not isinstance(schema, Struct):
        kind = "map" if schema.items is not None else "struct"
        raise Unmergeable(
            f"merging an object in json but data type is not struct, instead is: {kind}"
        )
    field = schema.field(key)
    if field is None:
        raise Unmergeable(
            f"unable to find api field in struct {schema.go_name} for the json field {quote(key)}"
        )
    return field


def strategy(field: Field) -> str:
    return next((s for s in field.strategies if s != "retainKeys"), "")


def merge_map_field(old: Object, patch: Object, field: Field) -> Object:
    return patch if strategy(field) == "replace" else merge_maps(old, patch, field.node)


def merge_list_field(old: list[Any], patch: list[Any], field: Field, deletes: bool) -> list[Any]:
    if strategy(field) == "merge" or deletes:
        return merge_lists(old, patch, field, deletes)
    return patch


def merge_lists(old: list[Any], patch: list[Any], field: Field, deletes: bool) -> list[Any]:
    if not old and not patch:
        return old
    if element_type(old, patch) is not dict:
        if deletes:
            return [item for item in old if position(patch, item, "") < 0]
        merged = list(old)
        merged += [item for item in unique(patch) if position(old, item, "") < 0]
        return arranged(unique(merged), patch, old, "")
    key = field.merge_key
    if not key:
        raise Unmergeable(f"cannot merge lists without merge key for {kind_of(field)}")
    old, patch = by_directives(old, patch, key)
    return arranged(merge_items(old, patch, field), patch, old, key)


def kind_of(field: Field) -> str:
    return "struct" if isinstance(field.node.items, Struct) else "map"


def by_directives(old: list[Any], patch: list[Any], key: str) -> tuple[list[Any], list[Any]]:
    """Obey the items that carry ``$patch``; what is left is to be merged."""
    plain, replaces = [], False
    for item in patch:
        if MARKER not in item:
            plain.append(item)
        elif item[MARKER] == "delete":
            value = checked_key(item, key)
            old = [o for o in old if not same(o.get(key), value)]
        elif item[MARKER] == "replace":
            replaces = True
        elif item[MARKER] == "merge":
            raise Unmergeable("merging lists cannot yet be specified in the patch")
        else:
            raise unknown_directive(item[MARKER], item)
    return (plain, []) if replaces else (old, plain)


def merge_items(old: list[Any], patch: list[Any], field: Field) -> list[Any]:
    """Objects with the same merge key become one; new ones follow."""
    key, merged = field.merge_key, list(old)
    for item in patch:
        checked_key(item, key)
        at = position(merged, item, key)
        if at < 0:
            merged.append(item)
        else:
            merged[at] = merge_maps(merged[at], item, field.node.items or field.node)
    return merged


def merge_in_order(original: Object, patch: Object, directive: str, schema: Node) -> None:
    """A list together with its ``$setElementOrder``; both leave the patch."""
    order = expect_list(patch.pop(directive))
    name = listed_field(directive, ORDER, BAD_ORDER)
    old = expect_list(original[name]) if name in original else None
    new = expect_list(patch[name]) if name in patch else None
    field = lookup(schema, name)
    check_order(new or [], order, field.merge_key)
    if new is None:
        if old is None:
            return
        merged = old
    elif old is None:
        merged = without_directives(new)[1]
    else:
        merged = merge_list_field(list(old), new, field, False)
    element_type(old or [], new or [])
    original[name] = arranged(merged, order, old or [], field.merge_key)
    patch.pop(name, None)


def expect_list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    received = type_name(value)
    raise Unmergeable(f"expected a []interface {{}}, but received a {received}")


def check_order(patch: list[Any], order: list[Any], key: str) -> None:
    """Every item of the patch stands in the order, and in that order."""
    if not patch or not order:
        return
    wanted = iter(order)
    for item in patch:
        if isinstance(item, dict) and MARKER in item:
            continue
        if key:
            checked_key(item, key)
        if not any(position([item], o, key) == 0 for o in wanted):
            raise Unmergeable(
                f"The order in patch list:\n{verb_v(patch)}\n doesn't match {ORDER} list:\n"
                f"{verb_v(order)}\n"
            )


def element_type(*lists: list[Any]) -> type:
    """The one type of all items. Raises where there are several, or lists in lists."""
    types = {type(item) for items in lists for item in items}
    if list in types:
        raise DoesNotApply(NO_LISTS_OF_LISTS)
    if len(types) > 1:
        raise Unmergeable(f"list element types are not identical: {verb_v([*lists])}")
    if not types:
        raise Unmergeable("no elements in any of the given slices")
    return types.pop()


def unique(items: list[Any]) -> list[Any]:
    return list({(type(item), item): item for item in items}.values())


def discard_nulls(value: Any) -> None:
    """A null in something new has nothing to remove."""
    if isinstance(value, dict):
        for key in [k for k, v in value.items() if v is None]:
            del value[key]
        for item in value.values():
            discard_nulls(item)
    elif isinstance(value, list):
        for item in value:
            discard_nulls(item)


def without_directives(value: Any) -> tuple[bool, Any]:
    """Whether to keep a value at all, and what is left of it."""
    if isinstance(value, dict):
        if MARKER in value:
            return False, None
        cleaned = {k: without_directives(v) for k, v in value.items()}
        return True, {k: v for k, (kept, v) in cleaned.items() if kept}
    if isinstance(value, list):
        return True, [v for kept, v in map(without_directives, value) if kept]
    return True, value
