"""Names of fields as expressions write them: ``__namespace__``, ``x__dot__y``.

Source: ``k8s.io/apiserver/pkg/cel/escaping.go``.
"""

import re

from onggi.api.cel.lexer import RESERVED

SYMBOLS = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
BACK = {"underscores": "__", "dot": ".", "dash": "-", "slash": "/"}
_NAME = re.compile(r"[A-Za-z_./-][A-Za-z0-9_./-]*", re.ASCII)
_SYMBOL = re.compile(r"__|[-./]")


def escape(name: str) -> str | None:
    """The name in expressions; None where there is none."""
    if name in RESERVED:
        return f"__{name}__"
    if _NAME.fullmatch(name) is None:
        return None
    return _SYMBOL.sub(lambda match: SYMBOLS[match[0]], name)


def unescape(name: str) -> str | None:
    """The field that an expression means; None where the name is none of ``escape``'s."""
    wrong = False

    def original(match: re.Match[str]) -> str:
        nonlocal wrong
        inner = match[0][2:-2]
        if inner in BACK:
            return BACK[inner]
        wrong = wrong or inner not in RESERVED or match[0] != name
        return inner

    found = re.sub(r"__[^_]+__", original, name)
    return None if wrong else found
