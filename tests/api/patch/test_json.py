from typing import Any

import jsonpatch
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.errors import BadRequest, RequestEntityTooLarge
from onggi.api.objects import clone
from onggi.api.patch.json import LIMIT, REJECTED, DoesNotApply, apply, equal


def op(kind: str, path: str, **more: Any) -> dict[str, Any]:
    return {"op": kind, "path": path, **more}


# RFC 6902, appendix A
EXAMPLES: list[tuple[Any, Any, Any]] = [
    ({"foo": "bar"}, [op("add", "/baz", value="qux")], {"foo": "bar", "baz": "qux"}),
    ({"foo": ["a", "c"]}, [op("add", "/foo/1", value="b")], {"foo": ["a", "b", "c"]}),
    ({"baz": "qux", "foo": "bar"}, [op("remove", "/baz")], {"foo": "bar"}),
    ({"foo": ["a", "b", "c"]}, [op("remove", "/foo/1")], {"foo": ["a", "c"]}),
    ({"baz": "qux"}, [op("replace", "/baz", value="boo")], {"baz": "boo"}),
    (
        {"foo": {"waldo": "fred"}, "qux": {}},
        [op("move", "/qux/thud", **{"from": "/foo/waldo"})],
        {"foo": {}, "qux": {"thud": "fred"}},
    ),
    (
        {"foo": ["all", "grass", "cows", "eat"]},
        [op("move", "/foo/3", **{"from": "/foo/1"})],
        {"foo": ["all", "cows", "eat", "grass"]},
    ),
    ({"baz": "qux"}, [op("test", "/baz", value="qux")], {"baz": "qux"}),
    ({"foo": "bar"}, [op("add", "/child", value={"g": {}})], {"foo": "bar", "child": {"g": {}}}),
    ({"foo": "bar"}, [op("add", "/baz", value="qux", xyz=1)], {"foo": "bar", "baz": "qux"}),
    ({"/": 9, "~1": 10}, [op("test", "/~01", value=10)], {"/": 9, "~1": 10}),
    ({"foo": ["bar"]}, [op("add", "/foo/-", value=["a"])], {"foo": ["bar", ["a"]]}),
    ({"a": {"b": 1}}, [op("copy", "/c", **{"from": "/a"})], {"a": {"b": 1}, "c": {"b": 1}}),
]

# What upstream's library does beyond the RFC
FORGIVEN: list[tuple[Any, Any, Any]] = [
    ({}, [op("replace", "/a", value=1)], {"a": 1}),
    ({"a": [1, 2, 3]}, [op("remove", "/a/-1")], {"a": [1, 2]}),
    ({"a": [1, 2]}, [op("add", "/a/-1", value=3)], {"a": [1, 2, 3]}),
    ({}, [op("test", "/a", value=None)], {}),
    ({}, [op("test", "/a")], {}),
    ({"a": 1}, [op("replace", "", value={"b": 2})], {"b": 2}),
    ({"a": 1}, [op("test", "", value={"a": 1})], {"a": 1}),
    ({}, [op("add", "/a")], {"a": None}),
]


@pytest.mark.parametrize(("obj", "patch", "result"), EXAMPLES + FORGIVEN)
def test_a_patch_is_applied(obj: Any, patch: Any, result: Any) -> None:
    before = clone(obj)
    assert apply(obj, patch) == result
    assert obj == before


MISSING = "missing value"
BAD_INDEX = "invalid index referenced"


@pytest.mark.parametrize(
    ("patch", "why"),
    [
        ([op("test", "/a", value="x")], "testing value /a failed: test failed"),
        ([op("test", "/n", value=True)], "testing value /n failed: test failed"),
        (
            [op("test", "/x/y", value=1)],
            f"test operation does not apply: is missing path: /x/y: {MISSING}",
        ),
        (
            [op("add", "/x/y", value=1)],
            f'add operation does not apply: doc is missing path: "/x/y": {MISSING}',
        ),
        (
            [op("add", "a", value=1)],
            f'add operation does not apply: doc is missing path: "a": {MISSING}',
        ),
        (
            [op("add", "/a/b", value=1)],
            f'add operation does not apply: doc is missing path: "/a/b": {MISSING}',
        ),
        (
            [op("add", "/l/5", value=1)],
            f"error in add for path: '/l/5': Unable to access invalid index: 5: {BAD_INDEX}",
        ),
        (
            [op("add", "/l/x", value=1)],
            "error in add for path: '/l/x': value was not a proper array index: 'x': "
            'strconv.Atoi: parsing "x": invalid syntax',
        ),
        (
            [op("remove", "/x")],
            f"error in remove for path: '/x': Unable to remove nonexistent key: x: {MISSING}",
        ),
        (
            [op("remove", "/x/y")],
            f'remove operation does not apply: doc is missing path: "/x/y": {MISSING}',
        ),
        (
            [op("remove", "/l/3")],
            f"error in remove for path: '/l/3': Unable to access invalid index: 3: {BAD_INDEX}",
        ),
        (
            [op("replace", "/l/3", value=1)],
            f"replace operation does not apply: doc is missing key: /l/3: {MISSING}",
        ),
        (
            [op("replace", "/x/y", value=1)],
            f"replace operation does not apply: doc is missing path: /x/y: {MISSING}",
        ),
        ([op("replace", "", value=1)], "replace operation value must be object"),
        (
            [op("move", "/b", **{"from": "/x"})],
            f"error in move for path: 'x': Unable to remove nonexistent key: x: {MISSING}",
        ),
        (
            [op("move", "/x/y", **{"from": "/a"})],
            f"move operation does not apply: doc is missing destination path: /x/y: {MISSING}",
        ),
        (
            [op("copy", "/b", **{"from": "/x/y"})],
            f"copy operation does not apply: doc is missing from path: /x/y: {MISSING}",
        ),
        (
            [op("copy", "/x/y", **{"from": "/a"})],
            f"copy operation does not apply: doc is missing destination path: /x/y: {MISSING}",
        ),
        (
            [op("copy", "/b")],
            f"copy operation failed to decode from: operation, missing from field: {MISSING}",
        ),
        ([{"op": "add", "value": 1}], f"add operation failed to decode path: {MISSING}"),
        ([op("merge", "/a")], "Unexpected kind: merge"),
        ([{"path": "/a"}], "Unexpected kind: unknown"),
    ],
)
def test_a_patch_that_does_not_apply_is_refused(patch: Any, why: str) -> None:
    with pytest.raises(DoesNotApply) as refused:
        apply({"a": "b", "n": 1, "l": [1, 2]}, patch)
    assert refused.value.status_code == 422
    assert refused.value.message == REJECTED
    assert refused.value.why == why


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        ({}, "object into Go value of type []handlers.jsonPatchOp"),
        ("x", "string into Go value of type []handlers.jsonPatchOp"),
        (1, "number into Go value of type []handlers.jsonPatchOp"),
        ([[]], "array into Go value of type handlers.jsonPatchOp"),
    ],
)
def test_what_is_no_patch_is_a_bad_request(patch: Any, message: str) -> None:
    with pytest.raises(BadRequest) as refused:
        apply({}, patch)
    assert refused.value.message == f"error decoding patch: json: cannot unmarshal {message}"


def test_a_patch_has_at_most_ten_thousand_operations() -> None:
    many = [op("test", "/a", value=1)] * LIMIT
    assert apply({"a": 1}, many) == {"a": 1}
    with pytest.raises(RequestEntityTooLarge) as refused:
        apply({"a": 1}, [*many, many[0]])
    assert refused.value.message == (
        "Request entity too large: The allowed maximum operations in a JSON patch is 10000, "
        "got 10001"
    )


def test_values_are_compared_as_json() -> None:
    assert equal({"a": [1, "x", None]}, {"a": [1, "x", None]})
    assert not equal(1, True)
    assert not equal([1], [1, 2])
    assert not equal({"a": 1}, {"b": 1})


values = st.recursive(
    st.integers() | st.text(max_size=3) | st.booleans(),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=2), v, max_size=3),
    max_leaves=10,
)
objects = st.dictionaries(st.text(max_size=2), values, max_size=4)


@given(objects, objects)
def test_it_agrees_with_a_reference_implementation(old: Any, new: Any) -> None:
    """``jsonpatch`` finds a patch between two objects and applies it; both results must be one."""
    patch = jsonpatch.make_patch(old, new).patch
    assert apply(old, patch) == jsonpatch.apply_patch(old, patch)


def test_copies_of_copies_have_an_end():
    steps = [{"op": "copy", "from": "/d/x", "path": "/d/x/-"} for _ in range(40)]
    with pytest.raises(RequestEntityTooLarge, match="the accumulated size increase of copy is"):
        apply({"d": {"x": ["y"]}}, steps)
