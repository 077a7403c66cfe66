"""Strings."""

import pytest

from tests.api.cel.expressions import failure, value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("'hello'.charAt(1)", "e"),
        ("'hello'.charAt(5)", ""),
        ("'hello'.indexOf('l')", 2),
        ("'hello'.indexOf('l', 3)", 3),
        ("'hello'.indexOf('', 9)", 5),
        ("'hello'.lastIndexOf('l')", 3),
        ("'hello'.lastIndexOf('l', 2)", 2),
        ("'TacoCat'.lowerAscii()", "tacocat"),
        ("'TacoCÆt'.upperAscii()", "TACOCÆT"),
        ("'a-b-c'.replace('-', '+', 1)", "a+b-c"),
        ("'ab'.replace('', '_')", "_a_b_"),
        ("'a,b,c'.split(',')", ["a", "b", "c"]),
        ("'a,b,c'.split(',', 2)", ["a", "b,c"]),
        ("'a,b,c'.split(',', 0)", []),
        ("'abc'.split('')", ["a", "b", "c"]),
        ("'tacocat'.substring(4)", "cat"),
        ("'tacocat'.substring(0, 4)", "taco"),
        ("' \\u00a0x\\t'.trim()", "x"),
        ("['a', 'b'].join('-')", "a-b"),
        ("['a', 'b'].join()", "ab"),
        ("strings.quote('a\"b\\n')", '"a\\"b\\n"'),
        ("'abc'.startsWith('ab') && 'abc'.endsWith('bc') && 'abc'.contains('b')", True),
        ("'%s|%s|%s'.format(['a', 1, [1, 'b']])", 'a|1|[1, "b"]'),
        ("'%d%% %.1f %b %o %x %X'.format([9, 1234.56, 5, 8, 255, 'k'])",
         "9% 1,234.6 101 10 ff 6B"),
        ("'%s'.format([{'b': 1, 'a': null}])", '{"a":null, "b":1}'),
        ("'%s %s'.format([duration('1m'), timestamp('2026-01-01T00:00:00Z')])",
         "60s 2026-01-01T00:00:00Z"),
        ("'abc123'.find('[0-9]+')", "123"),
        ("'a1b2'.findAll('[0-9]')", ["1", "2"]),
        ("'a1b2'.findAll('[0-9]', 1)", ["1"]),
        ("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(a+)+$')", False),
    ],
)  # fmt: skip
def test_functions_of_strings(source: str, expected: object) -> None:
    assert value(source) == expected


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("'a'.charAt(2)", "index out of range: 2"),
        ("'a'.substring(0, 9)", "index out of range: 9"),
        ("'abc'.substring(2, 1)", "invalid substring range. start: 2, end: 1"),
        ("'a'.indexOf('a', -1)", "index out of range: -1"),
        ("'%d'.format(['a'])",
         "error during formatting: decimal clause can only be used on integers, was given string"),
        ("'%s %s'.format(['a'])", "index 1 out of range"),
        ("'%y'.format(['a'])",
         'could not parse formatting clause: unrecognized formatting clause "y"'),
        ("'a'.matches(x)", "error parsing regexp: missing closing ): `(`"),
        ("'a'.find('(')", "error parsing regexp: missing closing ): `(`"),
    ],
)  # fmt: skip
def test_what_strings_cannot_do_says_so(source: str, why: str) -> None:
    assert failure(source, x="(") == why
