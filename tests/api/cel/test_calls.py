"""Logic that forgives errors, and functions that are found by their arguments."""

import pytest

from tests.api.cel.expressions import failure, value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 / x == 0 || true", True),
        ("true || 1 / x == 0", True),
        ("1 / x == 0 && false", False),
        ("false && 1 / x == 0", False),
        ("true ? 1 : 1 / x", 1),
        ("optional.of(1).orValue(1 / x)", 1),
        ("optional.none().or(optional.of(2)).value()", 2),
        ("dyn(1) == dyn(1.0)", True),
        ("dyn(1) == dyn('1')", False),
        ("dyn(true) == dyn(1)", False),
        ("dyn([1, 2]) == dyn([1.0, 2.0])", True),
        ("dyn(2u) in [1, 2]", True),
        ("dyn(true) in [1, 2]", False),
        ("dyn(5) > 4.5", True),
        ("dyn(1) + 2", 3),
        ("dyn('a') + 'b'", "ab"),
        ("y.a[0].b", 7),
        ("y['a'][0]['b']", 7),
        ("y.?a[?0].b.orValue(0)", 7),
        ("y.?nope.deep.orValue(5)", 5),
        ("has(y.a) && !has(y.b)", True),
        ("type(y.a[0]) == map", True),
    ],
)
def test_values_decide_at_run_time(source: str, expected: object) -> None:
    assert value(source, x=0, y={"a": [{"b": 7}]}) == expected


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("1 / x == 0 || false", "division by zero"),
        ("1 / x == 0 && true", "division by zero"),
        ("y.nope", "no such key: nope"),
        ("y.a.b", "unsupported index type 'string' in list"),
        ("y.a[1]", "index out of bounds: 1"),
        ("y.a[-1]", "index out of bounds: -1"),
        ("y['nope']", "no such key: nope"),
        ("dyn('a') + 1", "no such overload"),
        ("dyn('a') > 1", "no such overload"),
        ("dyn('a') - 1", "no such overload: _-_"),
        ("dyn([1]) > 1", "no such overload: _>_"),
        ("-dyn('a')", "no such overload: -_"),
        ("!dyn(1)", "no such overload"),
        ("size(dyn(1))", "no such overload: size"),
        ("int(dyn([1]))", "no such overload: int(list)"),
        ("dyn(1).startsWith('a')", "no such overload: startsWith(int, string)"),
        ("null.optMap(i, i)", "no such overload: hasValue(null_type)"),
        ("y.join('a')", "no such overload: join(map, string)"),
        ("x ? 1 : 2", "no such overload"),
        ("x && true", "no such overload"),
        ("optional.none().value()", "optional.none() dereference"),
        ("[?x]", "cannot initialize optional list element from non-optional value 0"),
    ],
)
def test_what_has_no_value_says_why(source: str, why: str) -> None:
    assert failure(source, x=0, y={"a": [{"b": 7}]}) == why
