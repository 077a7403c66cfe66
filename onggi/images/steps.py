"""``run`` steps: programs that change the image while it is built.

They run in a container of their own (runc): root with few capabilities, no network, no way to the
host; /tmp and /run vanish afterwards. What they change lands in the upper folder of an overlay.
"""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onggi.images.errors import ImageError

ABILITIES = (
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "SETGID",
    "SETUID",
    "SETFCAP",
    "KILL",
    "MKNOD",
)
CAPABILITIES = [f"CAP_{word}" for word in ABILITIES]
NAMESPACES = ("pid", "network", "ipc", "uts", "mount")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MOUNT = 'mount -t overlay overlay -o "$1" rootfs && exec "$2" --root "$3" run --bundle . "$4"'
LONGEST = 1800  # seconds
HIDDEN = ["/proc/kcore", "/proc/keys", "/proc/sysrq-trigger", "/sys/firmware"]
READ_ONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys"]


@dataclass(frozen=True)
class Stage:
    """An overlay: ``lower`` from top to bottom, ``upper`` for the changes; ``work`` is scratch."""

    lower: Sequence[Path]
    upper: Path
    work: Path


def perform(stage: Stage, step: Sequence[str], env: Mapping[str, str]) -> str:
    """Run one step; returns what it printed. Raises ImageError if it fails."""
    runc = shutil.which("runc", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if runc is None:
        raise ImageError("runc is missing; apt-get install runc")
    bundle = stage.work
    for name in ("rootfs", "overlay", "runc"):
        (bundle / name).mkdir(exist_ok=True)
    identity = f"onggi-build-{bundle.name}".replace("_", "-")
    (bundle / "config.json").write_text(json.dumps(configuration(step, env, identity)))
    done = _run(stage, bundle, runc, identity)
    if done.returncode:
        tail = "\n  ".join((done.stdout or "").strip().splitlines()[-15:])
        raise ImageError(f"{shown(step)} failed with {done.returncode}\n  {tail}".rstrip())
    return done.stdout


def _run(stage: Stage, bundle: Path, runc: str, identity: str) -> subprocess.CompletedProcess[str]:
    """The overlay lives in a mount namespace of its own: it is gone with the process."""
    options = overlay(stage, bundle)
    script = ["sh", "-c", MOUNT, "sh", options, runc, str(bundle / "runc"), identity]
    command = ["unshare", "--mount", "--propagation", "private", *script]
    try:
        return subprocess.run(
            command,
            cwd=bundle,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        subprocess.run(
            [runc, "--root", str(bundle / "runc"), "kill", identity, "KILL"], check=False
        )
        raise ImageError(f"it was not done after {LONGEST} seconds") from error


def overlay(stage: Stage, bundle: Path) -> str:
    """Mount options; colons and commas in paths are escaped."""
    lower = ":".join(_escaped(path, ":") for path in stage.lower)
    upper, work = _escaped(stage.upper), _escaped(bundle / "overlay")
    return f"lowerdir={lower},upperdir={upper},workdir={work}"


def _escaped(path: Path, more: str = "") -> str:
    text = str(path)
    for character in ("\\", ",", *more):
        text = text.replace(character, f"\\{character}")
    return text


def shown(step: Sequence[str]) -> str:
    return step[2] if step[:2] == ("/bin/sh", "-ec") else " ".join(step)


def configuration(step: Sequence[str], env: Mapping[str, str], identity: str) -> dict[str, Any]:
    """An OCI runtime configuration."""
    variables = {"PATH": PATH, "HOME": "/root", "LC_ALL": "C.UTF-8", "TZ": "UTC", **env}
    return {
        "ociVersion": "1.0.2",
        "hostname": "build",
        "root": {"path": "rootfs"},
        "process": {
            "terminal": False,
            "user": {"uid": 0, "gid": 0, "umask": 0o022},
            "args": list(step),
            "env": [f"{name}={value}" for name, value in variables.items()],
            "cwd": "/",
            "noNewPrivileges": True,
            "capabilities": dict.fromkeys(("bounding", "effective", "permitted"), CAPABILITIES),
        },
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            _memory("/dev", "755", ["nosuid", "strictatime"]),
            _memory("/tmp", "1777", ["nosuid", "nodev"]),  # noqa: S108
            _memory("/run", "755", ["nosuid", "nodev"]),
        ],
        "linux": {
            "namespaces": [{"type": kind} for kind in NAMESPACES],
            "cgroupsPath": f"/{identity}",
            "maskedPaths": HIDDEN,
            "readonlyPaths": READ_ONLY,
        },
    }


def _memory(path: str, mode: str, options: Sequence[str]) -> dict[str, Any]:
    return {
        "destination": path,
        "type": "tmpfs",
        "source": "tmpfs",
        "options": [*options, f"mode={mode}"],
    }
