"""Values as Go prints and reads them, since upstream's messages are made so."""

import json
from typing import Any

SHORT = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    '"': '\\"',
    "\\": "\\\\",
}
HTML = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def quote(text: str) -> str:
    """``%q``, ``strconv.Quote``."""
    if text.isalnum():
        return f'"{text}"'
    return '"' + "".join(map(quoted_character, text)) + '"'


def quoted_character(c: str) -> str:
    if c in SHORT:
        return SHORT[c]
    if c.isprintable():
        return c
    code = ord(c)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def parse_int(text: str) -> int | None:
    """``strconv.ParseInt`` in base ten; None where it refuses."""
    try:
        return int(text) if text.isascii() and text.strip() == text and "_" not in text else None
    except ValueError:
        return None


def json_text(value: Any) -> str:
    """``json.Marshal``: no blanks, and nothing that HTML could take for its own."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    for character, escaped in HTML.items():
        text = text.replace(character, escaped)
    return text


def verb_v(value: Any) -> str:
    """``%v``: ``map[a:1 b:[x y]]``, maps in the order of their keys."""
    if isinstance(value, dict):
        return f"map[{' '.join(f'{k}:{verb_v(value[k])}' for k in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(verb_v, value))}]"
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)


def type_name(value: Any) -> str:
    """What ``reflect.TypeOf`` calls a decoded JSON value."""
    return TYPE_NAMES.get(type(value), "<nil>")


TYPE_NAMES: dict[type, str] = {
    dict: "map[string]interface {}",
    list: "[]interface {}",
    str: "string",
    int: "int64",
    float: "float64",
    bool: "bool",
}
