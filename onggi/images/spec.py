"""What an image is made of, read from a short YAML file. Every key is explained in docs/images.md.

Everything is checked here, so that a mistake is told with its file, line and key before anything
is fetched or written.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from onggi.images.errors import ImageError
from onggi.images.names import NAME, full_name

LONGEST = 1 << 20  # bytes of a description
PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+(?::[a-z0-9]+)?(?:=[A-Za-z0-9.+~:-]+)?")
GLOB = re.compile(r"[a-z0-9+.*?\[\]!-]+")
USER_NAME = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
OWNER = re.compile(r"[a-z0-9_][a-z0-9_-]*(?::[a-z0-9_][a-z0-9_-]*)?")
PORT = re.compile(r"([0-9]{1,5})(?:/(tcp|udp|sctp))?")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NOBODY = 65534


class SpecError(ImageError):
    """A description that cannot be built; the text is ``FILE:LINE: key: what is wrong``."""


@dataclass(frozen=True)
class File:
    """Either ``text`` or a file or folder at ``source``. A mode of None: that of the source."""

    path: str
    text: str | None = None
    source: Path | None = None
    mode: int | None = None
    owner: str = "0:0"


@dataclass(frozen=True)
class Directory:
    path: str
    mode: int = 0o755
    owner: str = "0:0"


@dataclass(frozen=True)
class Account:
    """A line of /etc/passwd, with a group of the same name and number."""

    name: str
    uid: int
    gid: int
    home: str = "/nonexistent"
    shell: str = "/usr/sbin/nologin"


@dataclass(frozen=True)
class Spec:
    """``run`` has argument lists. ``packages`` may pin: ``tomcat10=10.1.60-1``."""

    name: str
    base: str = ""
    packages: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    build_packages: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    directories: tuple[Directory, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    users: tuple[Account, ...] = ()
    run: tuple[tuple[str, ...], ...] = ()
    user: str = ""
    workdir: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    volumes: tuple[str, ...] = ()
    stop_signal: str = ""
    lines: Mapping[str, str] = field(default_factory=dict, compare=False)  # key → FILE:LINE

    def at(self, key: str) -> str:
        """``FILE:LINE: KEY``, to begin a message with."""
        return f"{self.lines[key]}: {key}" if key in self.lines else key


def load(file: Path) -> Spec:
    """Raises SpecError."""
    try:
        text = file.read_bytes()[: LONGEST + 1].decode()
    except OSError as error:
        raise SpecError(f"cannot read {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SpecError(f"{file}: is not a text in UTF-8") from error
    if len(text) > LONGEST:
        raise SpecError(f"{file}: is longer than {LONGEST} bytes")
    return parse(text, file)


def parse(text: str, file: Path) -> Spec:
    """``file`` is where the text comes from: ``from`` paths are beside it."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SpecError(f"{file}:{line}: is not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise SpecError(f"{file}: is not YAML: {error}") from error
    if node is None:
        raise SpecError(f"{file}: is empty; it needs at least a name")
    reader = Reader(file)
    found = reader.fields(node, "", KEYS)
    if "name" not in found:
        raise SpecError(f"{file}:1: name: is missing")
    if found.get("run") and not (found.get("packages") or found.get("base")):
        raise SpecError(f"{file}:1: run: needs packages or a base that has something to run")
    return Spec(**found, lines=reader.lines)


@dataclass(frozen=True)
class Reader:
    """Turns YAML nodes into values; ``where`` is the key that a message names."""

    file: Path
    lines: dict[str, str] = field(default_factory=dict)

    def fail(self, node: Any, where: str, what: str) -> SpecError:
        return SpecError(f"{self.file}:{node.start_mark.line + 1}: {where}: {what}")

    def fields(self, node: Any, where: str, keys: Mapping[str, "Read"]) -> dict[str, Any]:
        """A mapping with these keys only; a dash in a key is an underscore in the result."""
        found: dict[str, Any] = {}
        for key, value in self.pairs(node, where):
            path = f"{where}.{key.value}" if where else key.value
            if key.value not in keys:
                known = ", ".join(keys)
                raise self.fail(key, path, f"is not a key here; there are: {known}")
            found[key.value.replace("-", "_")] = keys[key.value](self, value, path)
        return found

    def pairs(self, node: Any, where: str) -> Iterator[tuple[Any, Any]]:
        if not isinstance(node, yaml.MappingNode):
            raise self.fail(node, where or "the file", "must be a mapping of keys to values")
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.fail(key, where or "the file", "has a key that is no text")
            if key.value in seen:
                raise self.fail(key, f"{where}.{key.value}".lstrip("."), "is there twice")
            seen.add(key.value)
            self.note(key, f"{where}.{key.value}".lstrip("."))
            yield key, value

    def items(self, node: Any, where: str) -> Iterator[tuple[Any, str]]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.fail(node, where, "must be a list")
        for index, item in enumerate(node.value):
            self.note(item, f"{where}[{index}]")
            yield item, f"{where}[{index}]"

    def note(self, node: Any, where: str) -> None:
        self.lines[where] = f"{self.file}:{node.start_mark.line + 1}"

    def text(self, node: Any, where: str) -> str:
        if not isinstance(node, yaml.ScalarNode) or node.tag.endswith(":null"):
            raise self.fail(node, where, "must be a text")
        if "\0" in node.value:
            raise self.fail(node, where, "must not contain a null character")
        return str(node.value)

    def matching(self, node: Any, where: str, form: re.Pattern[str], what: str) -> str:
        value = self.text(node, where)
        if not form.fullmatch(value):
            raise self.fail(node, where, f'"{value}" is not {what}')
        return value

    def number(self, node: Any, where: str) -> int:
        text = self.matching(node, where, re.compile(r"[0-9]{1,10}"), "a number")
        return int(text)

    def path(self, node: Any, where: str) -> str:
        """An absolute path in the image."""
        value = self.text(node, where)
        path = PurePosixPath(value)
        if not path.is_absolute() or ".." in path.parts or len(path.parts) < 2:
            raise self.fail(node, where, f'"{value}" is not an absolute path without ".."')
        return "/" + "/".join(path.parts[1:])

    def mode(self, node: Any, where: str) -> int:
        text = self.matching(node, where, re.compile("[0-7]{3,5}"), "a mode such as 0644")
        if (mode := int(text, 8)) > 0o7777:
            raise self.fail(node, where, f'"{text}" is not a mode such as 0644')
        return mode

    def source(self, node: Any, where: str) -> Path:
        """A path beside the file, and not outside its folder."""
        folder = self.file.parent.resolve()
        path = (folder / self.text(node, where)).resolve()
        if not path.is_relative_to(folder):
            raise self.fail(node, where, f'"{node.value}" is outside the folder of this file')
        if not path.exists():
            raise self.fail(node, where, f'there is no "{node.value}" beside this file')
        return path


Read = Callable[[Reader, Any, str], Any]


def texts(reader: Reader, node: Any, where: str) -> tuple[str, ...]:
    return tuple(reader.text(item, path) for item, path in reader.items(node, where))


def listed(form: re.Pattern[str], what: str) -> Read:
    def read(reader: Reader, node: Any, where: str) -> tuple[str, ...]:
        items = reader.items(node, where)
        return tuple(reader.matching(item, path, form, what) for item, path in items)

    return read


def one(form: re.Pattern[str], what: str) -> Read:
    return lambda reader, node, where: reader.matching(node, where, form, what)


def mapping(reader: Reader, node: Any, where: str) -> dict[str, str]:
    return {
        key.value: reader.text(value, f"{where}.{key.value}")
        for key, value in reader.pairs(node, where)
    }


def variables(reader: Reader, node: Any, where: str) -> dict[str, str]:
    for key, _ in reader.pairs(node, where):
        reader.matching(key, where, VARIABLE, "a name of a variable")
    return mapping(reader, node, where)


def links(reader: Reader, node: Any, where: str) -> dict[str, str]:
    return {
        reader.path(key, where): reader.text(value, f"{where}.{key.value}")
        for key, value in reader.pairs(node, where)
    }


def paths(reader: Reader, node: Any, where: str) -> tuple[str, ...]:
    return tuple(reader.path(item, path) for item, path in reader.items(node, where))


def base(reader: Reader, node: Any, where: str) -> str:
    value = reader.matching(node, where, NAME, "an image name (or none)")
    return "" if value == "none" else full_name(value)


def name(reader: Reader, node: Any, where: str) -> str:
    return full_name(reader.matching(node, where, NAME, "an image name such as localhost/app:1"))


def file(reader: Reader, node: Any, where: str) -> File:
    found = reader.fields(node, where, FILE_KEYS)
    if "path" not in found or ("text" in found) == ("from" in found):
        raise reader.fail(node, where, "needs a path and either text or from")
    source = found.pop("from", None)
    return File(source=source, **found)


def files(reader: Reader, node: Any, where: str) -> tuple[File, ...]:
    return tuple(file(reader, item, path) for item, path in reader.items(node, where))


def directories(reader: Reader, node: Any, where: str) -> tuple[Directory, ...]:
    found = []
    for item, path in reader.items(node, where):
        if isinstance(item, yaml.ScalarNode):
            found.append(Directory(reader.path(item, path)))
            continue
        values = reader.fields(item, path, DIRECTORY_KEYS)
        if "path" not in values:
            raise reader.fail(item, path, "needs a path")
        found.append(Directory(**values))
    return tuple(found)


def users(reader: Reader, node: Any, where: str) -> tuple[Account, ...]:
    found = []
    for item, path in reader.items(node, where):
        values = reader.fields(item, path, USER_KEYS)
        if not {"name", "uid"} <= values.keys():
            raise reader.fail(item, path, "needs a name and a uid")
        found.append(Account(**{"gid": values["uid"], **values}))
    return tuple(found)


def run(reader: Reader, node: Any, where: str) -> tuple[tuple[str, ...], ...]:
    """A text is for the shell, a list is a program and its arguments."""
    found: list[tuple[str, ...]] = []
    for item, path in reader.items(node, where):
        if isinstance(item, yaml.ScalarNode):
            found.append(("/bin/sh", "-ec", reader.text(item, path)))
        elif words := texts(reader, item, path):
            found.append(words)
        else:
            raise reader.fail(item, path, "names no program")
    return tuple(found)


def ports(reader: Reader, node: Any, where: str) -> tuple[str, ...]:
    found = []
    for item, path in reader.items(node, where):
        value = reader.matching(item, path, PORT, "a port such as 8080 or 53/udp")
        number, _, protocol = value.partition("/")
        if not 1 <= int(number) <= 65535:
            raise reader.fail(item, path, f'"{value}" is not between 1 and 65535')
        found.append(f"{int(number)}/{protocol or 'tcp'}")
    return tuple(found)


OWNER_KEY = one(OWNER, "an owner such as app, app:app or 1000:1000")
FILE_KEYS: Mapping[str, Read] = {
    "path": Reader.path,
    "text": Reader.text,
    "from": Reader.source,
    "mode": Reader.mode,
    "owner": OWNER_KEY,
}
DIRECTORY_KEYS: Mapping[str, Read] = {
    "path": Reader.path,
    "mode": Reader.mode,
    "owner": OWNER_KEY,
}
USER_KEYS: Mapping[str, Read] = {
    "name": one(USER_NAME, "a user name"),
    "uid": Reader.number,
    "gid": Reader.number,
    "home": Reader.path,
    "shell": Reader.path,
}
PACKAGES = listed(PACKAGE, "a Debian package (name or name=version)")
KEYS: Mapping[str, Read] = {
    "name": name,
    "base": base,
    "packages": PACKAGES,
    "without": listed(GLOB, "a pattern of package names"),
    "build-packages": PACKAGES,
    "drop": texts,
    "files": files,
    "directories": directories,
    "links": links,
    "users": users,
    "run": run,
    "user": OWNER_KEY,
    "workdir": Reader.path,
    "env": variables,
    "entrypoint": texts,
    "cmd": texts,
    "ports": ports,
    "labels": mapping,
    "volumes": paths,
    "stop-signal": one(re.compile(r"SIG[A-Z0-9+]+|[0-9]{1,2}"), "a signal such as SIGTERM"),
}
