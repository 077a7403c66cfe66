"""Find out what OpenAPI does not say about Kubernetes' types, from their Go source.

    python tools/go_facts.py API APIMACHINERY EXTENSIONS DEFINITIONS > tools/go_facts.json

DEFINITIONS is the file that ``hatch_build.py`` reads, whose definitions are of interest. The
others are git repositories of k8s.io/api, k8s.io/apimachinery and k8s.io/apiextensions-apiserver,
at the version that ``hatch_build.py`` reads. The result is committed, one definition a line; the
build merges it into the definitions:

* ``types``: fields whose Go type is a name that messages show (``v1.PullPolicy``);
* ``omits``: values that upstream leaves out when they are zero (``omitempty``, no pointer);
* ``always``: structs and quantities that upstream writes even if nobody set them;
* ``keeps``: lists and maps that upstream writes though they are empty (no ``omitempty``).

Fields of ``…Status`` get no ``omits``: controllers may state a zero there.
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STRUCT = re.compile(r"^type (\w+) struct \{$")
NAMED = re.compile(r"^type (\w+) (?!struct|interface|func)(\S.*?)(?: //.*)?$")
MEMBER = re.compile(r"^\t(?:(\w+)\s+)?(\*?[\w.\[\]*]+)\s+`([^`]*)`")
TAG = re.compile(r'json:"([^"]*)"')
IMPORT = re.compile(r'^\s*(?:import )?(?:(\w+) )?"(k8s\.io/[^"]+)"')
SCALARS = {"string", "bool", "int", "int32", "int64", "float64", "uint8", "byte", "int16"}
TIMES = {"Time", "MicroTime"}
LITERAL = {"IntOrString", "RawExtension", "Unknown", "JSON", "FieldsV1"}
API, MACHINERY = "k8s.io/api/", "k8s.io/apimachinery/"
EXTENSIONS = "k8s.io/apiextensions-apiserver/"


@dataclass
class Package:
    path: str
    structs: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


def git(repository: str, *arguments: str) -> str:
    command = ["git", "-C", repository, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def packages(repository: str, root: str, wanted: str) -> dict[str, Package]:
    found: dict[str, Package] = {}
    for path in git(repository, "ls-tree", "-r", "HEAD", "--name-only").splitlines():
        folder, _, name = path.rpartition("/")
        if not re.match(wanted, path) or name.startswith("zz_") or name.endswith("_test.go"):
            continue
        package = found.setdefault(root + folder, Package(root + folder))
        read(git(repository, "show", f"HEAD:{path}"), package)
    return found


def read(source: str, package: Package) -> None:
    members: list[tuple[str, str, str]] | None = None
    for line in source.splitlines():
        if match := STRUCT.match(line):
            members = package.structs.setdefault(match[1], [])
        elif line == "}":
            members = None
        elif members is not None and (match := MEMBER.match(line)):
            if tag := TAG.search(match[3]):
                members.append((match[1] or "", match[2], tag[1]))
        elif match := NAMED.match(line):
            package.named[match[1]] = match[2]
        elif match := IMPORT.match(line):
            package.imports[match[1] or match[2].rpartition("/")[2]] = match[2]


class Facts:
    def __init__(self, found: dict[str, Package]) -> None:
        self.packages = found

    def resolve(self, package: Package, text: str) -> tuple[Package, str]:
        prefix, dot, name = text.partition(".")
        if not dot:
            return package, text
        path = package.imports.get(prefix, "")
        return self.packages.get(path, Package(path or prefix)), name

    def underlying(self, package: Package, text: str) -> str:
        """scalar, many, struct, time, quantity or literal."""
        if text.startswith(("[", "map[")):
            return "many"
        package, name = self.resolve(package, text)
        if name in SCALARS:
            return "scalar"
        if package.path.startswith(MACHINERY) and name in TIMES:
            return "time"
        if name == "Quantity":
            return "quantity"
        if name in LITERAL:
            return "literal"
        if name in package.named:
            return self.underlying(package, package.named[name])
        return "struct" if name in package.structs else "scalar" if name == "UID" else "literal"

    def shown(self, package: Package, text: str) -> str:
        """As reflection prints a type: ``[]v1.Container``."""
        if text.startswith("*"):
            return "*" + self.shown(package, text[1:])
        if text.startswith("[]"):
            return "[]" + self.shown(package, text[2:])
        if match := re.match(r"map\[([\w.]+)\](.+)", text):
            return f"map[{self.shown(package, match[1])}]{self.shown(package, match[2])}"
        where, name = self.resolve(package, text)
        if name in SCALARS:
            return {"byte": "uint8"}.get(name, name)
        return f"{where.name}.{name}"

    def of(self, package: Package, struct: str) -> dict[str, Any]:
        """What there is to say about a struct, and about those it takes in."""
        found: dict[str, Any] = {"always": [], "keeps": [], "omits": [], "types": {}}
        for name, text, tag in package.structs[struct]:
            key, *options = tag.split(",")
            if key == "-":
                continue
            if key:
                self.add(found, package, struct, (key, text, options))
                continue
            where, inner = self.resolve(package, text.lstrip("*"))
            if inner in where.structs and inner != "TypeMeta" and (not name or "inline" in options):
                for fact, fields in self.of(where, inner).items():
                    found[fact] = (
                        {**found[fact], **fields}
                        if fact == "types"
                        else sorted([*found[fact], *fields])
                    )
        return {fact: fields for fact, fields in found.items() if fields}

    def add(
        self,
        found: dict[str, Any],
        package: Package,
        struct: str,
        member: tuple[str, str, list[str]],
    ) -> None:
        key, text, options = member
        plain = text.lstrip("*")
        kind = self.underlying(package, plain)
        if self.is_named(package, plain, kind):
            found["types"][key] = self.shown(package, plain)
        if text.startswith("*"):
            return
        omits = "omitempty" in options or "omitzero" in options
        if kind == "scalar" and omits and not struct.endswith("Status"):
            found["omits"].append(key)
        if kind in ("struct", "quantity") and "omitzero" not in options:
            found["always"].append(key)
        if kind == "many" and not omits:
            found["keeps"].append(key)

    def is_named(self, package: Package, plain: str, kind: str) -> bool:
        """Whether the definition does not show the type's name already."""
        if kind == "scalar":
            return plain not in SCALARS
        if kind != "many":
            return False
        element = plain.removeprefix("[]").lstrip("*")
        if element == plain:
            return not plain.startswith("map[")
        return self.underlying(package, element) in ("scalar", "many") and element not in SCALARS


def definition(package: Package, struct: str) -> str:
    if package.path.startswith(API):
        group, version = package.path.removeprefix(API).split("/")
        return f"io.k8s.api.{group}.{version}.{struct}"
    return f"io.k8s.{package.path.removeprefix('k8s.io/').replace('/', '.')}.{struct}"


def main(api: str, machinery: str, extensions: str, definitions: str) -> None:
    found = packages(api, API, r"[a-z]+/v\w+/\w*types\w*\.go$")
    wanted = r"pkg/(apis/meta/v1/(micro_)?(types|time)|types/\w+|util/intstr/\w+|api/resource/\w+)"
    found |= packages(machinery, MACHINERY, wanted + r".*\.go$")
    found |= packages(extensions, EXTENSIONS, r"pkg/apis/apiextensions/v1/types\w*\.go$")
    facts, wanted_ones = Facts(found), json.loads(Path(definitions).read_text())["$defs"]
    result = {
        definition(package, struct): found_of
        for package in found.values()
        for struct in package.structs
        if definition(package, struct) in wanted_ones and (found_of := facts.of(package, struct))
    }
    lines = (f"{json.dumps(name)}: {json.dumps(result[name])}" for name in sorted(result))
    sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
