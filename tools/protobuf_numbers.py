"""Read the numbers of Kubernetes' protobuf fields off its Go types.

    python tools/protobuf_numbers.py API APIMACHINERY EXTENSIONS AGGREGATOR > \
        onggi/apiserver/protobuf/numbers.txt

The arguments are git repositories of k8s.io/api, k8s.io/apimachinery,
k8s.io/apiextensions-apiserver and k8s.io/kube-aggregator, at the version that ``hatch_build.py``
reads. A field's tags say all:
``json:"ref,omitempty" protobuf:"bytes,3,opt,name=ref"``. The result is committed.
"""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

DEFINITIONS = Path(__file__).parent.parent / "onggi" / "data" / "definitions.sqlite"
STRUCT = re.compile(r"^type (\w+) struct ?\{(\})?$")
MEMBER = re.compile(r"^\t(?:\w+\s+)?(\*?[\w.\[\]*]+)\s+`([^`]*)`")
JSON = re.compile(r'json:"([^"]*)"')
NUMBER = re.compile(r'protobuf:"\w+,(\d+),')
SCALAR = re.compile(r"\*(string|bool|int\d*|float\d+|(\w+\.)?[A-Z]\w*)$")
PLACES = (  # where each repository's types lie, and what OpenAPI calls the folder
    (r"[a-z]+/v\w+/\w*types\w*\.go$", "api"),
    (r"pkg/apis/meta/v1/(types|group_version)\.go$", "apimachinery"),
    (r"pkg/apis/apiextensions/v1/types\w*\.go$", "apiextensions-apiserver"),
    (r"pkg/apis/apiregistration/v1/types\.go$", "kube-aggregator"),
)
HEAD = """\
# Protobuf field numbers of Kubernetes' API v1.37: facts of its wire format, read off the tags of
# its Go types by tools/protobuf_numbers.py.
# A message and its fields, the first being number 1. `-`: no such number; `@6`: go on at 6;
# `*`: zero is a value of its own (a pointer in Go), elsewhere zero means absent;
# `>`: the fields of that message, which JSON has inline."""

Fields = Mapping[int, str]


def git(repository: str, *arguments: str) -> str:
    command = ["git", "-C", repository, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def sources(repository: str, wanted: str) -> Iterator[tuple[str, str]]:
    """Every wanted file's folder, dotted, and its text."""
    for path in git(repository, "ls-tree", "-r", "HEAD", "--name-only").splitlines():
        if re.match(wanted, path) and not path.endswith("_test.go"):
            yield path.rpartition("/")[0].replace("/", "."), git(repository, "show", f"HEAD:{path}")


def structs(source: str) -> Mapping[str, list[tuple[str, str]]]:
    """By name: the members' types and tags."""
    found: dict[str, list[tuple[str, str]]] = {}
    members: list[tuple[str, str]] | None = None
    for line in source.splitlines():
        if match := STRUCT.match(line):
            members = found.setdefault(match[1], [])
            members = None if match[2] else members
        elif line == "}":
            members = None
        elif members is not None and (match := MEMBER.match(line)):
            members.append((match[1], match[2]))
    return found


def numbered(members: list[tuple[str, str]], scalars: frozenset[str]) -> Fields:
    found = {}
    for text, tags in members:
        number, json = NUMBER.search(tags), JSON.search(tags)
        if number and json:
            name = json[1].partition(",")[0]
            pointer = text.startswith("*") and text[1:].rpartition(".")[2] in scalars
            found[int(number[1])] = f"*{name}" if pointer else name or f">{text.lstrip('*')}"
    return found


def line(name: str, fields: Fields) -> str:
    words, expected = [name], 1
    for number, word in sorted(fields.items()):
        gap = number - expected
        words += ["-"] * gap if gap <= 3 else [f"@{number}"]
        words.append(word)
        expected = number + 1
    return " ".join(words)


def scalar_names(source: str) -> set[str]:
    """Named types that are numbers or text, as ``PullPolicy``."""
    kinds = r"(?:string|bool|u?int\d*|float\d+)"
    return set(re.findall(rf"^type (\w+) {kinds}\b", source, re.M))


def completed(lines: dict[str, str], inline: set[str]) -> set[str]:
    """Add the types of a beta that are its successor's."""
    added, waiting = set[str](), sorted(inline - lines.keys())
    while waiting:
        name = waiting.pop()
        package, _, struct = name.rpartition(".")
        stable = lines.get(f"{package.rpartition('.')[0]}.v1.{struct}")
        if stable is None:
            continue
        fields = stable.partition(" ")[2]
        lines[name] = f"{name} {fields}"
        added.add(name)
        below = {f"{package}.{word[1:]}" for word in fields.split() if word[0] == ">"}
        waiting += below - lines.keys()
    return added


def main(*repositories: str) -> None:
    texts = [
        (f"{prefix}.{folder}", text)
        for repository, (wanted, prefix) in zip(repositories, PLACES, strict=True)
        for folder, text in sources(repository, wanted)
    ]
    plain = {"string", "bool", "int", "int32", "int64", "float64", "UID", "Protocol"}
    scalars = frozenset(plain.union(*(scalar_names(text) for _, text in texts)))
    database = sqlite3.connect(DEFINITIONS)
    names = database.execute("SELECT name FROM definition")
    published = {name.removeprefix("io.k8s.") for (name,) in names}
    lines, inline = {}, set[str]()
    for folder, text in texts:
        for struct, members in structs(text).items():
            fields = numbered(members, scalars)
            if fields or not members:
                lines[f"{folder}.{struct}"] = line(f"{folder}.{struct}", fields)
                inline |= {f"{folder}.{f[1:]}" for f in fields.values() if f[0] == ">"}
    inline |= completed(lines, inline | {name for name in published if name.startswith("api.")})
    kept = sorted(lines.keys() & (published | inline))
    sys.stdout.write("\n".join([HEAD, *(lines[name] for name in kept)]) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
