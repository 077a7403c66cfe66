"""JSONPath as columns of custom resources use it."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.jsonpath import JsonPathError, parse

OBJ: Any = {
    "spec": {"a": 1, "b.c": 2, "list": [{"n": "x", "v": 1}, {"n": "y", "v": 2}, {"v": 3}]},
    "status": {
        "conditions": [{"type": "Ready", "status": "True"}, {"type": "Old", "status": "False"}]
    },
}


@pytest.mark.parametrize(
    ("path", "finds"),
    [
        (".spec.a", [1]),
        ("{.spec.a}", [1]),
        ("$.spec.a", [1]),
        (".spec['b.c']", [2]),
        (r".spec.b\.c", [2]),
        (".spec.list[0].n", ["x"]),
        (".spec.list[-1].v", [3]),
        (".spec.list[0:2].v", [1, 2]),
        (".spec.list[1:].v", [2, 3]),
        (".spec.list[0,2].v", [1, 3]),
        (".spec.list[*].n", ["x", "y"]),
        (".spec.list[?(@.v>1)].v", [2, 3]),
        (".spec.list[?(@.n)].v", [1, 2]),
        ('.status.conditions[?(@.type=="Ready")].status', ["True"]),
        (".status.conditions[?(@.type=='Old')].status", ["False"]),
        ("..type", ["Ready", "Old"]),
        (".spec.missing", []),
        (".spec.list[9]", []),
        (".spec.a.b", []),
        (".", [OBJ]),
    ],
)
def test_a_path_finds_what_it_leads_to(path: str, finds: list[Any]) -> None:
    assert parse(path).find(OBJ) == finds


@pytest.mark.parametrize("path", [".a[", ".a[x]", ".a[?(b==1)]", ".a[1:2:0]", ".a b"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(JsonPathError):
        parse(path)


@given(st.text(alphabet=".[]{}?()@'\"*:,=ab1 -", max_size=20))
def test_no_text_makes_it_fail_otherwise(text: str) -> None:
    with suppress(JsonPathError):
        parse(text).find(OBJ)
