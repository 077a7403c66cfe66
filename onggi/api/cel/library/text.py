"""Strings: ``contains``, ``startsWith``, ``matches``, and the extension ``split``, ``format``, …

Source: ``cel-go/common/stdlib/standard.go``, ``cel-go/ext/strings.go`` (version 2).
"""

from onggi.api.cel.errors import CelError
from onggi.api.cel.overloads import Overload, function, method
from onggi.api.regex import RegexError, search


def matches(text: str, pattern: str) -> bool:
    try:
        return search(pattern, text)
    except RegexError as error:
        raise CelError(str(error)) from None


OVERLOADS: tuple[Overload, ...] = (
    method("contains", "contains_string", "string, string -> bool", lambda s, t: t in s),
    method("endsWith", "ends_with_string", "string, string -> bool", str.endswith),
    method("startsWith", "starts_with_string", "string, string -> bool", str.startswith),
    function("matches", "matches", "string, string -> bool", matches),
    method("matches", "matches_string", "string, string -> bool", matches),
)
