"""Strings: ``contains``, ``startsWith``, ``split``, ``replace``, ``substring``, ``strings.quote``.

Positions count code points. Source: ``cel-go/common/stdlib/standard.go``,
``cel-go/ext/strings.go`` (version 2, as Kubernetes sets it).
"""

import string

from onggi.api.cel.errors import CelError
from onggi.api.cel.library.formatting import formatted
from onggi.api.cel.overloads import Overload, function, method

UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)
LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
QUOTED = str.maketrans(
    {
        "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t",
        "\v": "\\v", "\\": "\\\\", '"': '\\"',
    }
)  # fmt: skip
BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def out_of_range(index: int) -> CelError:
    return CelError(f"index out of range: {index}")


def char_at(text: str, index: int) -> str:
    if not 0 <= index <= len(text):
        raise out_of_range(index)
    return text[index : index + 1]


def index_of(text: str, part: str, start: int = 0) -> int:
    if start < 0:
        raise out_of_range(start)
    if not part:
        return min(start, len(text))
    return text.find(part, start)


def last_index_of(text: str, part: str) -> int:
    return len(text) if not part else text.rfind(part)


def last_index_before(text: str, part: str, start: int) -> int:
    """The last one that begins at ``start`` or before."""
    if start < 0:
        raise out_of_range(start)
    if not part:
        return min(start, len(text))
    if start >= len(text):
        return -1
    return text.rfind(part, 0, start + len(part))


def substring(text: str, start: int, end: int | None = None) -> str:
    end = len(text) if end is None else end
    if start > end and 0 <= start <= len(text):
        raise CelError(f"invalid substring range. start: {start}, end: {end}")
    for index in (start, end):
        if not 0 <= index <= len(text):
            raise out_of_range(index)
    return text[start:end]


def split(text: str, separator: str, most: int = -1) -> list[str]:
    if most == 0:
        return []
    if not separator:
        parts = list(text) if most < 0 else list(text[: most - 1])
        rest = text[len(parts) :]
        return [*parts, rest] if rest else parts
    return text.split(separator, most - 1 if most > 0 else -1)


def replace(text: str, old: str, new: str, most: int = -1) -> str:
    return text.replace(old, new, most) if most >= 0 else text.replace(old, new)


def joined(parts: list[str], separator: str = "") -> str:
    for part in parts:
        if type(part) is not str:
            raise CelError(f"join: invalid input: {part}")
    return separator.join(parts)


def quoted(text: str) -> str:
    plain = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return f'"{plain.translate(QUOTED)}"'


OVERLOADS: tuple[Overload, ...] = (
    method("contains", "contains_string", "string, string -> bool", lambda s, t: t in s),
    method("endsWith", "ends_with_string", "string, string -> bool", str.endswith),
    method("startsWith", "starts_with_string", "string, string -> bool", str.startswith),
    method("charAt", "string_char_at_int", "string, int -> string", char_at),
    method("indexOf", "string_index_of_string", "string, string -> int", index_of),
    method("indexOf", "string_index_of_string_int", "string, string, int -> int", index_of),
    method("lastIndexOf", "string_last_index_of_string", "string, string -> int", last_index_of),
    method("lastIndexOf", "string_last_index_of_string_int", "string, string, int -> int",
           last_index_before),
    method("lowerAscii", "string_lower_ascii", "string -> string", lambda s: s.translate(LOWER)),
    method("upperAscii", "string_upper_ascii", "string -> string", lambda s: s.translate(UPPER)),
    method("replace", "string_replace_string_string", "string, string, string -> string", replace),
    method("replace", "string_replace_string_string_int",
           "string, string, string, int -> string", replace),
    method("split", "string_split_string", "string, string -> list(string)", split),
    method("split", "string_split_string_int", "string, string, int -> list(string)", split),
    method("substring", "string_substring_int", "string, int -> string", substring),
    method("substring", "string_substring_int_int", "string, int, int -> string", substring),
    method("trim", "string_trim", "string -> string", lambda s: s.strip(BLANKS)),
    method("format", "string_format", "string, list(dyn) -> string", formatted),
    function("strings.quote", "strings_quote", "string -> string", quoted),
    method("join", "list_join", "list(string) -> string", joined),
    method("join", "list_join_string", "list(string), string -> string", joined),
)  # fmt: skip
