"""What the server tells a client beside its answer: ``Warning`` headers.

Upstream's own (``Kind.advice``: deprecations, surprises), and one for each field that is
kept but not acted upon (``Kind.ignored``): nothing is accepted silently. An update repeats
nothing that stood in the old object already. ``Kind.deprecated`` goes with every verb, so
the API server adds it before the verb.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from onggi.api.kind import Ignored, Kind
from onggi.api.objects import View


def warnings(kind: Kind, new: View, old: View | None = None) -> list[str]:
    """The texts, each once, in order; without the header's code, agent and quotes."""
    found = [text for advice in kind.advice for text in advice(new, old)]
    if old is None or new.get("spec") != old.get("spec"):  # ``ignored`` is about the spec only
        known = {text for entry in kind.ignored for text in texts(entry, old or {})}
        found += [text for entry in kind.ignored for text in texts(entry, new) if text not in known]
    return list(dict.fromkeys(found))


def texts(entry: Ignored, obj: View) -> Iterator[str]:
    for path, value in places(obj, entry.path):
        if value == entry.value if entry.value is not None else value:
            yield f"{path}: {entry.why}"


def places(obj: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every (path, value) that ``path`` names; ``volumes[*]`` fans out over a list.

    An empty object counts as there (``True``).
    """
    return followed(obj, steps(path), "")


@lru_cache(1024)
def steps(path: str) -> tuple[tuple[str, bool], ...]:
    """``a.b[*].c`` as keys, each with whether it is a list to fan out over."""
    return tuple((part.removesuffix("[*]"), part.endswith("[*]")) for part in path.split("."))


def followed(obj: Any, rest: tuple[tuple[str, bool], ...], at: str) -> Iterator[tuple[str, Any]]:
    (key, fans), rest = rest[0], rest[1:]
    value = obj.get(key) if isinstance(obj, Mapping) else None
    if value is None:
        return
    if fans:
        for index, item in enumerate(value):
            yield from followed(item, rest, f"{at}{key}[{index}].")
    elif rest:
        yield from followed(value, rest, f"{at}{key}.")
    else:
        yield f"{at}{key}", True if value == {} else value
