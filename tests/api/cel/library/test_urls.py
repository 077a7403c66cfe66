"""URLs."""

import pytest

from tests.api.cel.expressions import failure, value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("url('https://a.b:80/p/q?x=1&x=2&y=').getHost()", "a.b:80"),
        ("url('https://a.b:80/').getHostname()", "a.b"),
        ("url('https://[::1]:80/').getHostname()", "::1"),
        ("url('https://[::1]:80/').getPort()", "80"),
        ("url('HTTPS://a/').getScheme()", "https"),
        ("url('https://a/with space/').getEscapedPath()", "/with%20space/"),
        ("url('/p?x=1&x=2').getQuery()", {"x": ["1", "2"]}),
        ("isURL('https://a') && isURL('/a') && !isURL('a/b') && !isURL('')", True),
        ("isURL('https://a:x/')", False),
        ("isURL('https://a/%zz')", False),
        ("url('https://u:p@a.b/').getHost()", "a.b"),
    ],
)
def test_urls_are_taken_apart(source: str, expected: object) -> None:
    assert value(source) == expected


def test_what_is_no_url_says_so() -> None:
    assert failure("url('no')") == (
        'URL parse error during conversion from string: parse "no": invalid URI for request'
    )
