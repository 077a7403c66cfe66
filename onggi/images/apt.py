"""Packages: which ones an image takes, and their files, with every signature checked.

apt, with a state of its own, fetches and verifies the lists and resolves dependencies;
mmdebstrap fetches and unpacks (``extract``: no maintainer script runs). Lists and packages are
kept, so that a second build needs no network.
"""

import hashlib
import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from onggi.images.errors import ImageError
from onggi.images.spec import Spec

FRESH = 24 * 3600  # seconds for which lists are good
INSTALL = re.compile(r"^Inst (\S+) \((\S+) .*\[(\w+)\]\)", re.MULTILINE)
KEPT = ("Package", "Version", "Architecture", "Source", "Maintainer", "Depends", "Pre-Depends")
STUB = "Package: {}\nStatus: hold ok installed\nArchitecture: {}\nVersion: {}\nMaintainer: -\n\n"
HOOK = """set -e
cd "$1"
mkdir -p usr/bin usr/sbin usr/lib var/cache/apt/archives var/lib/dpkg
for d in bin sbin lib; do ln -s usr/$d $d; done
if [ -e {state}/lib64 ]; then mkdir usr/lib64; ln -s usr/lib64 lib64; fi
cp -alf {state}/archives/. var/cache/apt/archives/
cat {stubs} >> var/lib/dpkg/status"""
KEEP = 'cp -nl "$1"/var/cache/apt/archives/*.deb {state}/archives/'

Progress = Callable[[str], None]


class Package(NamedTuple):
    name: str
    version: str
    architecture: str

    @property
    def exact(self) -> str:
        return f"{self.name}={self.version}"


@dataclass(frozen=True)
class Resolved:
    """``unpacked`` are the packages of the image, ``stubs`` those that ``without`` leaves out."""

    unpacked: tuple[Package, ...]
    stubs: tuple[Package, ...] = ()


@dataclass(frozen=True)
class Apt:
    """``sources`` is deb822 text for the release ``suite``; ``state`` a folder of our own."""

    state: Path
    sources: str
    suite: str
    progress: Progress

    @cached_property
    def architecture(self) -> str:
        """Debian's name for this machine's."""
        return run(["dpkg", "--print-architecture"]).strip()

    def refresh(self, now: float, *, force: bool = False) -> None:
        """Fetch the lists where there are none, or old ones; old ones are better than none."""
        self._prepare()
        mark = self.state / "updated"
        if not force and mark.exists() and now - mark.stat().st_mtime < FRESH:
            return
        self.progress("fetching the package lists")
        try:
            self._apt("update", "-o", "APT::Update::Error-Mode=any")
        except ImageError as error:
            if force or not mark.exists():
                raise
            self.progress(f"going on with older package lists: {error}")
        else:
            mark.touch()
            os.utime(mark, (now, now))

    def resolve(self, spec: Spec, packages: Sequence[str]) -> Resolved:
        """All packages that these need, with versions. Raises ImageError."""
        if not packages:
            return Resolved(())
        question = json.dumps([self._fingerprint(), list(packages), list(spec.without)])
        memo = self.state / "resolved" / f"{hashlib.sha256(question.encode()).hexdigest()}.json"
        if memo.exists():
            unpacked, stubs = json.loads(memo.read_bytes())
            return Resolved(*(tuple(Package(*p) for p in part) for part in (unpacked, stubs)))
        resolved = self._resolve(spec, packages)
        memo.parent.mkdir(exist_ok=True)
        memo.write_text(json.dumps([resolved.unpacked, resolved.stubs]))
        return resolved

    def _resolve(self, spec: Spec, packages: Sequence[str]) -> Resolved:
        whole = self._simulate(spec, packages, ())
        named = {p.partition("=")[0].partition(":")[0] for p in packages}
        stubs = tuple(
            p
            for p in whole
            if p.name not in named and any(fnmatchcase(p.name, w) for w in spec.without)
        )
        if not stubs or "*" in spec.without:  # then the named ones remain, and nothing else
            return Resolved(tuple(p for p in whole if p not in stubs), stubs)
        return Resolved(self._simulate(spec, packages, stubs), stubs)

    def _simulate(
        self, spec: Spec, packages: Sequence[str], stubs: Sequence[Package]
    ) -> tuple[Package, ...]:
        (self.state / "status").write_text(stub_text(stubs))
        try:
            said = self._apt("install", "--simulate", *packages)
        except ImageError as error:
            raise ImageError(f"{_culprit(spec, str(error))}: {error}") from error
        found = (Package(*match) for match in INSTALL.findall(said))
        return tuple(sorted(p for p in found if p not in stubs))

    def unpack(self, resolved: Resolved, root: Path) -> None:
        """Put the files of the packages below ``root``, which must not exist."""
        stubs = root.with_name(f"{root.name}.stubs")
        stubs.write_text(stub_text(resolved.stubs))
        words = {"state": shlex.quote(str(self.state)), "stubs": shlex.quote(str(stubs))}
        command = [
            *("mmdebstrap", "--quiet", "--mode=root", "--variant=extract", "--format=directory"),
            "--skip=update,check/empty,cleanup/apt",
            *(f"--aptopt={option}" for option in OPTIONS.format(state=self.state).splitlines()),
            f"--setup-hook={HOOK.format(**words)}",
            f"--extract-hook={KEEP.format(**words)}",
            f"--include={','.join(p.exact for p in resolved.unpacked)}",
            *(self.suite, str(root), "-"),
        ]
        run(command, stdin=self.sources)

    def describe(self, packages: Sequence[Package]) -> dict[str, str]:
        """What dpkg would know of each package: for those who look for vulnerable ones."""
        text = self._query("show", "--no-all-versions", *(p.exact for p in packages))
        found: dict[str, str] = {}
        for block in text.strip().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            lines = [f"{key}: {fields[key]}" for key in KEPT if key in fields]
            lines.insert(1, "Status: install ok installed")
            found[fields["Package"]] = "\n".join(lines) + "\n"
        return found

    def prune(self) -> int:
        """Remove the packages that were kept; the next build fetches what it needs."""
        freed = 0
        for path in (self.state / "archives").glob("*.deb"):
            freed += path.stat().st_size
            path.unlink()
        return freed

    @cached_property
    def _environment(self) -> Mapping[str, str]:
        return {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C.UTF-8",
            "APT_CONFIG": str(self.state / "apt.conf"),
            **{k: v for k, v in os.environ.items() if k.lower().endswith("_proxy")},
        }

    def _apt(self, *arguments: str) -> str:
        return run(["apt-get", "--quiet", *arguments], environment=self._environment)

    def _query(self, *arguments: str) -> str:
        return run(["apt-cache", *arguments], environment=self._environment)

    def _prepare(self) -> None:
        for folder in ("lists/partial", "archives/partial"):
            (self.state / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        sources = self.state / "onggi.sources"
        if not sources.exists() or sources.read_text() != self.sources:
            sources.write_text(self.sources)
            (self.state / "updated").unlink(missing_ok=True)
        (self.state / "status").touch()
        if self.architecture in LIB64:
            (self.state / "lib64").touch()
        (self.state / "apt.conf").write_text(CONFIGURATION.format(state=self.state))

    def _fingerprint(self) -> str:
        """Changes with the lists."""
        found = sorted((self.state / "lists").glob("*_InRelease"))
        stats = ((p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in found)
        return hashlib.sha256(repr(list(stats)).encode()).hexdigest()


OPTIONS = """\
APT::Install-Recommends "false";
Dir::State::lists "{state}/lists";
Dir::Cache::srcpkgcache "{state}/srcpkgcache.bin";"""
LIB64 = ("amd64", "ppc64el", "loong64")
CONFIGURATION = """\
Dir::Etc::sourcelist "{state}/onggi.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::State "{state}";
Dir::State::lists "{state}/lists";
Dir::State::status "{state}/status";
Dir::Cache "{state}";
Dir::Cache::archives "{state}/archives";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
"""


def stub_text(packages: Sequence[Package]) -> str:
    """A dpkg status that says that these are installed already."""
    return "".join(STUB.format(p.name, p.architecture, p.version) for p in packages)


def _culprit(spec: Spec, said: str) -> str:
    """The key and line of the package that apt speaks of."""
    for key, packages in (("packages", spec.packages), ("build-packages", spec.build_packages)):
        for index, package in enumerate(packages):
            if re.search(rf"(?:package|for '?){re.escape(package.partition('=')[0])}\b", said):
                return spec.at(f"{key}[{index}]")
            if re.search(rf"\b{re.escape(package.partition('=')[0])}(?![\w.+-])", said):
                return spec.at(f"{key}[{index}]")
    return spec.at("packages")


def run(
    command: Sequence[str],
    *,
    stdin: str = "",
    environment: Mapping[str, str] | None = None,
) -> str:
    """What a program prints. Raises ImageError with what it complained of."""
    settings = environment or {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            command, input=stdin, env=dict(settings), capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise ImageError(f"{command[0]} is missing; apt-get install {command[0]}") from None
    if done.returncode:
        raise ImageError(complaint(command[0], done.stderr or done.stdout))
    return done.stdout


def complaint(program: str, text: str) -> str:
    """The lines of an output that tell what is wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("E:", "Err:", "W:"))] or lines[-5:]
    return f"{program}: " + "; ".join(line.removeprefix("E: ") for line in errors[:5])
