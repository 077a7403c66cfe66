from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.errors import StatusError
from onggi.api.objects import clone
from onggi.api.patch.strategic import apply
from onggi.api.schema import Schemas

NAME = "io.k8s.api.test.v1."
STRING = {"type": "string"}
WORDS = {"type": "array", "items": STRING}
ITEM = {"$ref": f"#/definitions/{NAME}Item"}
MERGED = {"x-kubernetes-patch-strategy": "merge"}
BY_NAME = {**MERGED, "x-kubernetes-patch-merge-key": "name"}
DEFINITIONS: dict[str, Any] = {
    f"{NAME}Thing": {
        "properties": {
            "name": STRING,
            "value": STRING,
            "labels": {"type": "object", "additionalProperties": STRING},
            "items": {"type": "array", "items": ITEM, **BY_NAME},
            "keyless": {"type": "array", "items": ITEM, **MERGED},
            "replaced": {"type": "array", "items": ITEM},
            "words": {**WORDS, **MERGED},
            "fixed": WORDS,
            "part": ITEM,
            "whole": {**ITEM, "x-kubernetes-patch-strategy": "replace"},
            "union": {**ITEM, "x-kubernetes-patch-strategy": "retainKeys"},
            "volumes": {
                "type": "array",
                "items": ITEM,
                "x-kubernetes-patch-strategy": "merge,retainKeys",
                "x-kubernetes-patch-merge-key": "name",
            },
        }
    },
    f"{NAME}Item": {
        "properties": {
            "name": STRING,
            "value": STRING,
            "other": STRING,
            "items": {"type": "array", "items": ITEM, **BY_NAME},
            "words": {**WORDS, **MERGED},
        }
    },
}
SCHEMA = Schemas(DEFINITIONS.__getitem__).load(f"{NAME}Thing")


def item(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, **more}


A, B, C = item("a"), item("b"), item("c")

CASES: dict[str, tuple[Any, Any, Any]] = {
    "maps merge": (
        {"labels": {"a": "1", "b": "2"}, "name": "x"},
        {"labels": {"b": None, "c": "3"}, "value": "y"},
        {"labels": {"a": "1", "c": "3"}, "name": "x", "value": "y"},
    ),
    "nulls in something new remove nothing": (
        {},
        {"part": {"value": None, "items": [item("a", value=None)]}, "name": None},
        {"part": {"items": [A]}},
    ),
    "items with the same key merge": (
        {"items": [item("a", value="1", other="x"), B]},
        {"items": [item("a", value="2")]},
        {"items": [item("a", value="2", other="x"), B]},
    ),
    "new items come first": ({"items": [A]}, {"items": [B]}, {"items": [B, A]}),
    "an item is deleted": (
        {"items": [A, B]},
        {"items": [item("a", **{"$patch": "delete"})]},
        {"items": [B]},
    ),
    "deleting what is not there": (
        {"items": [A]},
        {"items": [item("x", **{"$patch": "delete"})]},
        {"items": [A]},
    ),
    "deleting from nothing": ({}, {"items": [item("x", **{"$patch": "delete"})]}, {"items": []}),
    "a list is replaced": (
        {"items": [A, B]},
        {"items": [{"$patch": "replace"}, C]},
        {"items": [C]},
    ),
    "a map is replaced": (
        {"part": {"name": "x", "value": "y"}},
        {"part": {"other": "z", "$patch": "replace"}},
        {"part": {"other": "z"}},
    ),
    "a map is emptied": ({"part": A}, {"part": {"$patch": "delete"}}, {"part": {}}),
    "a new map that is to be deleted": ({}, {"part": {"$patch": "delete"}}, {}),
    "everything is replaced": ({"name": "x"}, {"$patch": "replace", "value": "y"}, {"value": "y"}),
    "lists merge inside items": (
        {"items": [item("a", items=[B])]},
        {"items": [item("a", items=[C])]},
        {"items": [item("a", items=[C, B])]},
    ),
    "lists without a strategy are replaced": (
        {"replaced": [A, B], "fixed": ["a", "b"]},
        {"replaced": [C], "fixed": ["c"]},
        {"replaced": [C], "fixed": ["c"]},
    ),
    "a map with the strategy replace": (
        {"whole": A},
        {"whole": {"value": "1"}},
        {"whole": {"value": "1"}},
    ),
    "scalars merge as a set": (
        {"words": ["a", "b"]},
        {"words": ["c", "a"]},
        {"words": ["c", "a", "b"]},
    ),
    "scalars are deleted": (
        {"words": ["a", "b", "c", "b"]},
        {"$deleteFromPrimitiveList/words": ["b", "x"]},
        {"words": ["a", "c"]},
    ),
    "scalars are deleted and added": (
        {"words": ["a", "b"]},
        {
            "$deleteFromPrimitiveList/words": ["a"],
            "words": ["c"],
            "$setElementOrder/words": ["c", "b"],
        },
        {"words": ["c", "b"]},
    ),
    "keys are retained": (
        {"union": {"name": "n", "value": "v"}},
        {"union": {"other": "o", "$retainKeys": ["name", "other"]}},
        {"union": {"name": "n", "other": "o"}},
    ),
    "keys are retained in items": (
        {"volumes": [item("a", value="v")]},
        {"volumes": [item("a", other="o", **{"$retainKeys": ["name", "other"]})]},
        {"volumes": [item("a", other="o")]},
    ),
    "the order is set": (
        {"items": [A, B, C]},
        {"$setElementOrder/items": [C, B, A]},
        {"items": [C, B, A]},
    ),
    "the order is set while merging": (
        {"items": [A, item("b", value="1")]},
        {"$setElementOrder/items": [C, B, A], "items": [item("b", value="2")]},
        {"items": [item("b", value="2"), A]},
    ),
    "what only the server has keeps its place": (
        {"items": [A, item("s"), B]},
        {"$setElementOrder/items": [B, A, C], "items": [C]},
        {"items": [item("s"), B, A, C]},
    ),
    "the order of what is not there": ({}, {"$setElementOrder/items": [A]}, {}),
    "the order of something new": (
        {},
        {"$setElementOrder/items": [A, B], "items": [A, B]},
        {"items": [A, B]},
    ),
    "a value of another type wins": ({"name": "x"}, {"name": ["y"]}, {"name": ["y"]}),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_patch_is_merged(case: tuple[Any, Any, Any]) -> None:
    obj, patch, result = case
    before = clone({"obj": obj, "patch": patch})
    assert apply(obj, patch, SCHEMA) == result
    assert {"obj": obj, "patch": patch} == before


@pytest.mark.parametrize(
    ("obj", "patch", "code", "message"),
    [
        ({}, {"$patch": "x", "a": 1}, 400, "unknown patch type: x in map: map[$patch:x a:1]"),
        (
            {"items": [A]},
            {"items": [{"value": "1"}]},
            400,
            "map: map[value:1] does not contain declared merge key: name",
        ),
        (
            {"items": [A]},
            {"items": [item("a", **{"$patch": "merge"})]},
            400,
            "merging lists cannot yet be specified in the patch",
        ),
        (
            {"keyless": [A]},
            {"keyless": [B]},
            400,
            "cannot merge lists without merge key for struct",
        ),
        (
            {"items": [A]},
            {"items": ["b"]},
            400,
            "list element types are not identical: [[map[name:a]] [b]]",
        ),
        (
            {"union": A},
            {"union": {"$retainKeys": "name"}},
            400,
            "invalid patch format of retainKeys",
        ),
        (
            {"union": A},
            {"union": {"value": "x", "$retainKeys": ["name"]}},
            400,
            "invalid patch format of retainKeys",
        ),
        (
            {"words": ["a"]},
            {"$deleteFromPrimitiveList": ["a"]},
            400,
            "invalid patch format of primitive list",
        ),
        (
            {"items": [A]},
            {"$setElementOrder": [A]},
            400,
            "invalid patch format of setElementOrder list",
        ),
        (
            {"items": [A]},
            {"$setElementOrder/items": "a"},
            400,
            "expected a []interface {}, but received a string",
        ),
        (
            {"items": [A]},
            {"$setElementOrder/items": [A, B], "items": [C]},
            400,
            "The order in patch list:\n[map[name:c]]\n doesn't match $setElementOrder list:\n"
            "[map[name:a] map[name:b]]\n",
        ),
        (
            {"words": ["a"]},
            {"words": [["b"]]},
            422,
            "the server rejected our request due to an error in our request",
        ),
    ],
)
def test_a_patch_that_makes_no_sense_is_refused(
    obj: Any, patch: Any, code: int, message: str
) -> None:
    with pytest.raises(StatusError) as refused:
        apply(obj, patch, SCHEMA)
    assert (refused.value.status_code, refused.value.message) == (code, message)


names = st.sampled_from("abcdef")
items = st.lists(names, unique=True).map(lambda ns: [item(n) for n in ns])
words = st.lists(names, unique=True)


@given(items, items)
def test_merging_keeps_every_key_once_and_the_order_of_the_patch(old: Any, new: Any) -> None:
    found = [i["name"] for i in apply({"items": old}, {"items": new}, SCHEMA)["items"]]
    asked = [i["name"] for i in new]
    mine = [i["name"] for i in old]
    assert sorted(found) == sorted({*mine, *asked})
    assert [n for n in found if n in asked] == asked
    assert [n for n in found if n not in asked] == [n for n in mine if n not in asked]


@given(words, words)
def test_a_set_of_scalars_is_patched_from_any_to_any_other(old: Any, new: Any) -> None:
    patch: dict[str, Any] = {
        "$setElementOrder/words": new,
        "$deleteFromPrimitiveList/words": [w for w in old if w not in new],
    }
    if added := [w for w in new if w not in old]:
        patch["words"] = added
    obj = {"words": old} if old else {}
    assert apply(obj, patch, SCHEMA).get("words", []) == new


@given(items, items)
def test_a_list_is_patched_from_any_to_any_other(old: Any, new: Any) -> None:
    """What ``kubectl apply`` sends: changes, deletions, and the order of what is to be there."""
    gone = [{**i, "$patch": "delete"} for i in old if i not in new]
    if not old and not new:
        return
    patch = {"$setElementOrder/items": new, "items": [*new, *gone]}
    assert apply({"items": old}, patch, SCHEMA) == {"items": new}


@given(items, items)
def test_patching_twice_is_patching_once(old: Any, new: Any) -> None:
    once = apply({"items": old}, {"items": new}, SCHEMA)
    assert apply(once, {"items": new}, SCHEMA) == once
