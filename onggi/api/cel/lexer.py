"""Expressions as tokens. The grammar is ``cel-go/parser/gen/CEL.g4``."""

import re
from typing import NamedTuple

from onggi.api.cel.errors import CelErrors, Issue

RESERVED = frozenset(
    ("as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in",
     "let", "loop", "package", "namespace", "null", "return", "true", "var", "void", "while")
)  # fmt: skip

_QUOTED = (
    r'"""(?:[^\\]|\\.)*?"""|' + r"'''(?:[^\\]|\\.)*?'''|"
    r'"(?:[^\\"\n\r]|\\.)*"|' + r"'(?:[^\\'\n\r]|\\.)*'"
)
_RAW = (
    r'[rR]"""[\s\S]*?"""|' + r"[rR]'''[\s\S]*?'''|"
    r'[rR]"[^"\n\r]*"|' + r"[rR]'[^'\n\r]*'"
)
_TOKEN = re.compile(
    rf"""
    (?P<SPACE>[\t\ \r\n\f]+|//[^\n]*)
  | (?P<BYTES>[bB](?:{_RAW}|{_QUOTED}))
  | (?P<STRING>{_RAW}|{_QUOTED})
  | (?P<NUM_FLOAT>[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)
  | (?P<NUM_UINT>0x[0-9a-fA-F]+[uU]|[0-9]+[uU])
  | (?P<NUM_INT>0x[0-9a-fA-F]+|[0-9]+)
  | (?P<IDENTIFIER>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<OP>==|!=|<=|>=|&&|\|\||[<>\[\]{{}}().,\-!?:+*/%])
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)


class Token(NamedTuple):
    """``kind`` is the operator or keyword itself, or a class: IDENTIFIER, STRING, NUM_INT, EOF."""

    kind: str
    text: str
    offset: int


def tokens(source: str) -> list[Token]:
    """Ends with an EOF. Raises ``CelErrors`` at a character that begins nothing."""
    found: list[Token] = []
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            text = f"Syntax error: token recognition error at: '{source[position]}'"
            raise CelErrors([Issue(position, text)], source)
        name, text = match.lastgroup or "", match[0]
        if name != "SPACE":
            keyword = text in ("in", "true", "false", "null")
            found.append(Token(text if name == "OP" or keyword else name, text, position))
        position = match.end()
    found.append(Token("EOF", "<EOF>", len(source)))
    return found
