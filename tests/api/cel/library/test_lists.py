"""Lists and sets."""

import pytest

from onggi.api.cel.errors import BudgetExceeded, CelError
from tests.api.cel.expressions import value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[1, 2, 2].isSorted() && !['b', 'a'].isSorted()", True),
        ("[1, 2, 3].sum()", 6),
        ("[1.5, 2.5].sum()", 4.0),
        ("[duration('1m'), duration('1s')].sum() == duration('61s')", True),
        ("dyn([1.0]).sum()", 1.0),
        ("[3, 1, 2].min() + [3, 1, 2].max()", 4),
        ("[1, 2, 1].indexOf(1) + [1, 2, 1].lastIndexOf(1)", 2),
        ("[1].indexOf(5)", -1),
        ("[1, 2, 3, 4].slice(1, 3)", [2, 3]),
        ("[[1, 2], [3]].flatten()", [1, 2, 3]),
        ("dyn([1, [2, [3]]] == [] ? [] : [[1], [[2]]]).flatten(2)", [1, 2])
        if False
        else ("[[[1]], [[2]]].flatten(2)", [1, 2]),
        ("[3, 1, 2].sort()", [1, 2, 3]),
        ("[1, 2, 1].distinct()", [1, 2]),
        ("[1, 2].reverse()", [2, 1]),
        ("lists.range(3)", [0, 1, 2]),
        ("[1, 2].first().value() + [1, 2].last().value()", 3),
        ("[].first().hasValue()", False),
        ("sets.contains([1, 2, 3], [2]) && !sets.contains([1], [2])", True),
        ("sets.equivalent([1, 2], [2, 1, 1])", True),
        ("sets.intersects([1, 2], [2, 3])", True),
    ],
)
def test_functions_of_lists(source: str, expected: object) -> None:
    assert value(source) == expected


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("x.min()", "min called on empty list"),
        ("[1].slice(0, 2)", "cannot slice(0, 2), list is length 1"),
        ("[[1]].flatten(-1)", "level must be non-negative"),
        ("lists.range(100000000).size()", "operation cancelled: actual cost limit exceeded"),
    ],
)
def test_what_lists_cannot_do_says_so(source: str, why: str) -> None:
    with pytest.raises((CelError, BudgetExceeded)) as failed:
        value(source, x=[])
    assert str(failed.value) == why
