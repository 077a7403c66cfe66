"""What the server tells a client beside its answer: ``Warning`` headers.

Upstream's own (``Kind.advice``: deprecations, surprises), and one for each field that is
kept but not acted upon (``Kind.ignored``): nothing is accepted silently. An update repeats
nothing that stood in the old object already. ``Kind.deprecated`` goes with reads too; the
verbs that have no object add it themselves.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from onggi.api.kind import Ignored, Kind
from onggi.api.objects import View

FAN_OUT = re.compile(r"(\w+)\[\*\]")


def warnings(kind: Kind, new: View, old: View | None = None) -> list[str]:
    """The texts, each once, in order; without the header's code, agent and quotes."""
    found = [kind.deprecated] if kind.deprecated else []
    found += [text for advice in kind.advice for text in advice(new, old)]
    known = {text for entry in kind.ignored for text in texts(entry, old or {})}
    found += [text for entry in kind.ignored for text in texts(entry, new) if text not in known]
    return list(dict.fromkeys(found))


def texts(entry: Ignored, obj: View) -> Iterator[str]:
    for path, value in places(obj, entry.path):
        if value and (entry.value is None or value == entry.value):
            yield f"{path}: {entry.why}"


def places(obj: Any, path: str, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every (path, value) that ``path`` names; ``volumes[*]`` fans out over a list.

    A value of ``{}`` counts as there (``True``), so that an empty object is seen too.
    """
    head, _, rest = path.partition(".")
    fan = FAN_OUT.fullmatch(head)
    if not isinstance(obj, Mapping):
        return
    value = obj.get(fan[1] if fan else head)
    if fan:
        for index, item in enumerate(value or ()):
            yield from places(item, rest, f"{at}{fan[1]}[{index}].")
    elif rest:
        yield from places(value, rest, f"{at}{head}.")
    elif value is not None:
        yield f"{at}{head}", True if value == {} else value
