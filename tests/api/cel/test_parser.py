"""Expressions as text: precedence, literals, and what is none."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.cel.errors import CelErrors
from onggi.api.cel.parser import parse
from tests.api.cel.expressions import failure, value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("2 * 3 % 4", 2),
        ("1 < 2 && 2 < 3 || false", True),
        ("true ? 1 : false ? 2 : 3", 1),
        ("false ? 1 : true ? 2 : 3", 2),
        ("!true == false", True),
        ("--3", 3),
        ("!!true", True),
        ("-9223372036854775808", -(2**63)),
        ("0xff", 255),
        ("0x1Fu", 31),
        ("1.5e3", 1500.0),
        (".5", 0.5),
        ("[1, 2, 3,][1]", 2),
        ("{'a': 1,}.a", 1),
        ("1 // a comment", 1),
        ("'a' in ['a', 'b']", True),
    ],
)
def test_expressions_mean_what_the_grammar_says(source: str, expected: object) -> None:
    assert value(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"'a\n\t\\\'\"'", "a\n\t\\'\""),
        (r"r'\d+'", r"\d+"),
        ('"""a\nb"""', "a\nb"),
        (r"'\x41\u00e9\U0001F600\101'", "Aé😀A"),
        (r"b'\xff\101a'", b"\xffAa"),
        ("b'é'", "é".encode()),
        ('R"""\\n"""', "\\n"),
    ],
)
def test_strings_are_read_with_their_escapes(source: str, expected: object) -> None:
    assert value(source) == expected


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("1 +", "Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', "),
        ("[1, 2", "Syntax error: mismatched input '<EOF>' expecting ']'"),
        ("1 2", "Syntax error: mismatched input '2' expecting <EOF>"),
        ("a @ b", "Syntax error: token recognition error at: '@'"),
        ("if", "reserved identifier: if"),
        ("9223372036854775808", "invalid int literal"),
        ("-1u", "found no matching overload for '-_' applied to '(uint)'"),
        ("18446744073709551616u", "invalid uint literal"),
        (r"'\q'", "unable to unescape string"),
        ("has(x)", "invalid argument to has() macro"),
        ("[1].all(1, true)", "argument must be a simple name"),
        ("[1].map(1, true)", "argument is not an identifier"),
        ("[1].all(i, i, true)", "duplicate variable name: i"),
        ("[1].all(__result__, true)", "iteration variable overwrites accumulator variable"),
    ],
)
def test_what_is_no_expression_is_complained_about(source: str, complaint: str) -> None:
    assert failure(source).startswith(complaint)


def test_a_complaint_shows_the_line_and_the_place() -> None:
    with pytest.raises(CelErrors) as refused:
        parse("true &&\n  é + @")
    assert str(refused.value) == (
        "ERROR: <input>:2:3: Syntax error: token recognition error at: 'é'\n |   é + @\n | ..\uff3e"
    )


DEEP = [
    "(" * 300 + "1" + ")" * 300,
    "[" * 300 + "]" * 300,
    "1" + "+1" * 300,
    "x" + ".a" * 300,
    "!(" * 260 + "x" + ")" * 260,
]


@pytest.mark.parametrize("deep", DEEP)
def test_what_is_nested_too_deeply_is_refused(deep: str) -> None:
    with pytest.raises(CelErrors, match="recursion"):
        parse(deep)


def test_long_chains_of_and_are_no_nesting() -> None:
    assert value("&&".join(["true"] * 2000)) is True


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(CelErrors, match="expression code point size exceeds limit: size: 100001"):
        parse("1" * 100_001)


@given(st.text(alphabet="ab1.(){}[]?:,'\"\\+-*/%!=<>&| \nrxu", max_size=40))
def test_any_text_is_parsed_or_refused(source: str) -> None:
    with suppress(CelErrors):
        parse(source)
