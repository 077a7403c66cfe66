"""Where packages come from: the machine's own apt sources of its Debian release. Pure.

Only the release's own suites count (bookworm, -updates, -security): third parties' packages are
not pulled into images by accident. ``trusted=yes`` is never honoured. One-line entries and deb822
stanzas are both understood, and written as stanzas.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

ONE_LINE = re.compile(r"deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*(.*)")
SUITES = ("", "-updates", "-security")
KEPT = ("Signed-By", "Architectures")
OPTIONS = {"signed-by": "Signed-By", "arch": "Architectures"}

Stanza = Mapping[str, str]


def chosen(files: Iterable[tuple[str, str]], codename: str) -> str:
    """The sources for ``codename`` as deb822; ``files`` are (name, text) of apt's own."""
    stanzas: dict[str, None] = {}
    for name, text in files:
        found = deb822(text) if name.endswith(".sources") else one_line(text)
        for stanza in found:
            if written := _written(stanza, codename):
                stanzas[written] = None
    return "\n".join(stanzas)


def default(codename: str, mirror: str = "http://deb.debian.org") -> str:
    """Debian's own mirrors, where the machine names none."""
    keys = "/usr/share/keyrings/debian-archive-keyring.gpg"
    entries = (
        (f"{mirror}/debian", f"{codename} {codename}-updates"),
        (f"{mirror}/debian-security", f"{codename}-security"),
    )
    return "\n".join(
        f"Types: deb\nURIs: {uri}\nSuites: {suites}\nComponents: main\nSigned-By: {keys}\n"
        for uri, suites in entries
    )


def one_line(text: str) -> Iterator[Stanza]:
    for line in text.splitlines():
        if match := ONE_LINE.fullmatch(line.partition("#")[0].strip()):
            options, uri, suite, components = match.groups()
            stanza = {"Types": "deb", "URIs": uri, "Suites": suite, "Components": components}
            for option in (options or "").split():
                key, _, value = option.partition("=")
                if key.lower() in OPTIONS:
                    stanza[OPTIONS[key.lower()]] = value.replace(",", " ")
            yield stanza


def deb822(text: str) -> Iterator[Stanza]:
    for block in re.split(r"\n\s*\n", text):
        stanza: dict[str, str] = {}
        last = ""
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            if line[:1].isspace() and last:
                stanza[last] += "\n" + line
            elif ":" in line:
                last, _, value = line.partition(":")
                stanza[last] = value.strip()
        if stanza:
            yield stanza


def _written(stanza: Stanza, codename: str) -> str:
    fields = {key.title(): value for key, value in stanza.items()}
    suites = [s for s in fields.get("Suites", "").split() if s in _wanted(codename)]
    if "deb" not in fields.get("Types", "").split() or not suites:
        return ""
    if fields.get("Enabled", "yes").lower() == "no":
        return ""
    lines = [
        "Types: deb",
        f"URIs: {fields.get('Uris', '')}",
        f"Suites: {' '.join(suites)}",
        f"Components: {fields.get('Components', '')}",
    ]
    lines += [f"{key}: {fields[key]}" for key in KEPT if key in fields]
    return "\n".join(lines) + "\n"


def _wanted(codename: str) -> set[str]:
    return {f"{codename}{part}" for part in SUITES} | {f"{codename}/updates"}
