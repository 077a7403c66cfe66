"""``$(NAME)`` in commands, arguments and variables. Pure.

Source: ``k8s.io/kubernetes/third_party/forked/golang/expansion``: ``$$`` is one ``$``; a
reference to an unknown name stays as it is; an unclosed one too.
"""

import re
from collections.abc import Callable, Mapping

REFERENCE = re.compile(r"\$(?:\(([^)]*)\)|(.))", re.DOTALL)


def expand(text: str, *scopes: Mapping[str, str]) -> str:
    """Replace references; the first scope that has a name wins."""
    return replace(text, lambda name: known(name, scopes))


def replace(text: str, value: Callable[[str], str]) -> str:
    """Replace every reference by ``value(name)``."""

    def one(match: re.Match[str]) -> str:
        if match[1] is not None:
            return value(match[1])
        return "$" if match[2] == "$" else f"${match[2]}"

    return REFERENCE.sub(one, text)


def known(name: str, scopes: tuple[Mapping[str, str], ...]) -> str:
    return next((scope[name] for scope in scopes if name in scope), f"$({name})")
