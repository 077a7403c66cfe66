"""Regular expressions as Go has them: RE2, linear in the length of the text whatever they say.

    search("^[a-z]+$", "abc") -> bool            problem("a(") -> Go's words, or nothing

Patterns come from users (schemas, expressions), so a backtracking engine would let any of them
stop the server. Source: https://github.com/google/re2/wiki/Syntax.
"""

from functools import lru_cache
from typing import Any

GO_WORDS = {  # what RE2 says where Go says something else
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "missing )": "missing closing )",
    "missing ]": "missing closing ]",
    "bad repetition operator": "invalid nested repetition operator",
    "trailing \\": "trailing backslash at end of expression",
}


class RegexError(ValueError):
    """The pattern is none. The text is Go's."""


@lru_cache(4096)
def compiled(pattern: str) -> Any:
    """Raises RegexError."""
    import re2  # a library of its own: not for those who never ask

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        raise RegexError(
            go_words(said.decode() if isinstance(said, bytes) else str(said))
        ) from None


def go_words(said: str) -> str:
    what, _, where = said.partition(": ")
    return f"error parsing regexp: {GO_WORDS.get(what, what)}: `{where}`"


def search(pattern: str, text: str) -> bool:
    """Whether some part of the text matches. Raises RegexError."""
    return compiled(pattern).search(text) is not None


def problem(pattern: str) -> str:
    try:
        compiled(pattern)
    except RegexError as error:
        return str(error)
    return ""
