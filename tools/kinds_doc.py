"""Write docs/kinds.md: what the API server serves, from the constants that make it so.

python tools/kinds_doc.py            write it
python tools/kinds_doc.py --check    exit status 1 if it is out of date
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from onggi.api.kind import VERBS, Ignored, Kind
from onggi.kinds import BUILTIN
from onggi.kinds.controllers import CONTROLLERS

PAGE = Path(__file__).parents[1] / "docs" / "kinds.md"
HEAD = """\
# Kinds

What the API server serves, with the names, defaults, validation and printer columns of Kubernetes
v1.37. A kind that is not here answers 404; [limits.md](limits.md) says what is missing.
This page is generated: `python tools/kinds_doc.py`.
"""
CONTAINERS = re.compile(r"^spec\.(containers|initContainers|ephemeralContainers)\[\*\]\.")
IN_TEMPLATE = "spec.template.spec."
NOTHING = "-"


def page() -> str:
    return "\n".join([HEAD, *overview(), "", others(), "", *details()]).rstrip() + "\n"


def others() -> str:
    names = ", ".join(c.name for c in CONTROLLERS if c.kind is None)
    return f"Controllers that deal with every kind: {names}."


def overview() -> Iterator[str]:
    yield "| kind | API version | resource | short | namespaced | subresources |"
    yield "|---|---|---|---|---|---|"
    for kind in BUILTIN:
        short = ", ".join(f"`{name}`" for name in kind.short) or NOTHING
        yield (
            f"| [{kind.name}](#{anchor(kind)}) | {kind.api_version} | `{kind.plural}` | {short} "
            f"| {'yes' if kind.namespaced else 'no'} | {', '.join(subresources(kind)) or NOTHING} |"
        )


def details() -> Iterator[str]:
    for kind in BUILTIN:
        yield f"## {title(kind)}"
        yield ""
        yield from (f"- {label}: {text}" for label, text in facts(kind).items() if text)
        yield from ignored(kind)
        yield ""


def title(kind: Kind) -> str:
    return f"{kind.name} ({kind.api_version})"


def anchor(kind: Kind) -> str:
    """As GitHub makes it from the title."""
    kept = [c for c in title(kind).lower() if c.isalnum() or c in " -_"]
    return "".join(kept).replace(" ", "-")


def facts(kind: Kind) -> Mapping[str, str]:
    return {
        "Verbs": "all" if kind.verbs == VERBS else ", ".join(kind.verbs),
        "Columns": ", ".join(columns(kind)),
        "Field selectors": codes(sorted(kind.selectable)),
        "Immutable": codes(kind.immutable),
        "Stored as": kind.stored.resource if kind.stored else "",
        "Deprecated": kind.deprecated,
        "Controllers": ", ".join(c.name for c in CONTROLLERS if c.kind is kind),
    }


def codes(words: Sequence[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def subresources(kind: Kind) -> list[str]:
    own = (["status"] if kind.status else []) + (["scale"] if kind.scale else [])
    return sorted([*own, *(sub.name for sub in kind.subresources)])


def columns(kind: Kind) -> Iterator[str]:
    for column in kind.columns:
        yield f"{column.name} (wide)" if column.wide else column.name


def ignored(kind: Kind) -> Iterator[str]:
    entries = [entry for entry in kind.ignored if not entry.path.startswith(IN_TEMPLATE)]
    if len(entries) < len(kind.ignored):
        yield "- In the pod template, the same fields are ignored as in a Pod."
    if entries:
        yield "- Stored and served, but not acted upon (a `Warning` says so):"
    for why, paths in by_reason(entries).items():
        yield f"  - {why}: {codes(paths)}"


def by_reason(entries: Sequence[Ignored]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in entries:
        value = "" if entry.value is None else f": {str(entry.value).lower()}"
        path = CONTAINERS.sub("container.", entry.path) + value
        if path not in found.setdefault(entry.why, []):
            found[entry.why].append(path)
    return found


def main(arguments: Sequence[str]) -> int:
    if "--check" in arguments:
        return int(not PAGE.exists() or PAGE.read_text() != page())
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
