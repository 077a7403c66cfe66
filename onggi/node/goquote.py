"""Text as Go's ``%q`` prints it, which the downward API and messages are made of. Pure."""

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


def quote(text: str) -> str:
    """``strconv.Quote``."""
    return '"' + "".join(character(c) for c in text) + '"'


def character(c: str) -> str:
    if c in SHORT:
        return SHORT[c]
    if c.isprintable():
        return c
    code = ord(c)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
