"""Macros at work."""

import pytest

from tests.api.cel.expressions import failure, value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[1, 2].all(i, i > 0)", True),
        ("[].all(i, false)", True),
        ("[1, 0].all(i, 1 / i > 1)", False),  # a false one forgives
        ("[0, 1].exists(i, 1 / i == 1)", True),  # a true one forgives
        ("[].exists(i, true)", False),
        ("[1, 2, 2].exists_one(i, i == 1)", True),
        ("[1, 2, 2].existsOne(i, i == 2)", False),
        ("{'a': 1, 'b': 2}.all(k, k in ['a', 'b'])", True),
        ("[1, 2, 3].map(i, i * i)", [1, 4, 9]),
        ("[1, 2, 3].map(i, i > 1, i * i)", [4, 9]),
        ("[1, 2, 3].filter(i, i % 2 == 1)", [1, 3]),
        ("{'a': 1}.map(k, k)", ["a"]),
        ("[[1, 2], [3]].map(a, a.map(b, b + 1))", [[2, 3], [4]]),
        ("['x', 'y'].all(i, v, i < 2 && v != '')", True),
        ("{'a': 1}.exists(k, v, k == 'a' && v == 1)", True),
        ("[5, 6].exists_one(i, v, v == i + 5 && i == 1)", True),
        ("['x', 'y'].transformList(i, v, v + string(i))", ["x0", "y1"]),
        ("['x', 'y'].transformList(i, v, i > 0, v)", ["y"]),
        ("{'a': 1}.transformMap(k, v, v + 1)", {"a": 2}),
        ("{'a': 1, 'b': 2}.transformMap(k, v, v > 1, v)", {"b": 2}),
        ("{'a': 1}.transformMapEntry(k, v, {v: k})", {1: "a"}),
        ("[3, 1, 2].sortBy(i, -i)", [3, 2, 1]),
        ("optional.of(2).optMap(i, i * 2).value()", 4),
        ("optional.none().optMap(i, 1).hasValue()", False),
        ("optional.of(2).optFlatMap(i, optional.none()).hasValue()", False),
        ("has({'a': 1}.a) && !has({'a': 1}.b)", True),
    ],
)
def test_macros_fold_over_lists_and_maps(source: str, expected: object) -> None:
    assert value(source) == expected


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("[0, 1].all(i, 1 / i > 0)", "division by zero"),
        ("[1, 2].map(i, [1][i])", "index out of bounds: 1"),
        ("x.all(i, true)", "got 'int', expected iterable type"),
        ("['a', 'a'].transformMapEntry(i, v, {v: i})", "insert failed: key a already exists"),
        ("[x].all(i, i)", "no such overload"),
    ],
)
def test_macros_fail_as_upstreams(source: str, why: str) -> None:
    assert failure(source, x=1) == why
