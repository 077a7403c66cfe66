"""Regular expressions: ``matches``, ``find``, ``findAll``. RE2, so that no pattern runs away.

Source: ``k8s.io/apiserver/pkg/cel/library/regex.go``, ``cel-go/common/stdlib/standard.go``.
"""

from onggi.api.cel.errors import CelError
from onggi.api.cel.overloads import Overload, function, method
from onggi.api.regex import RegexError, compiled, search


def matches(text: str, pattern: str) -> bool:
    try:
        return search(pattern, text)
    except (RegexError, UnicodeError) as error:
        raise CelError(str(error)) from None


def check_pattern(pattern: str) -> None:
    try:
        compiled(pattern)
    except RegexError as error:
        raise CelError(str(error)) from None


def find(text: str, pattern: str) -> str:
    found = find_all(text, pattern, 1)
    return found[0] if found else ""


def find_all(text: str, pattern: str, most: int = -1) -> list[str]:
    """At most ``most``; all of them where that is negative."""
    found: list[str] = []
    try:
        for match in compiled(pattern).finditer(text):
            if len(found) == most:
                break
            found.append(match[0])
    except (RegexError, UnicodeError) as error:
        raise CelError(f"Illegal regex: {error}") from None
    return found


OVERLOADS: tuple[Overload, ...] = (
    function("matches", "matches", "string, string -> bool", matches),
    method("matches", "matches_string", "string, string -> bool", matches),
    method("find", "string_find_string", "string, string -> string", find),
    method("findAll", "string_find_all_string", "string, string -> list(string)", find_all),
    method("findAll", "string_find_all_string_int", "string, string, int -> list(string)",
           find_all),
)  # fmt: skip
