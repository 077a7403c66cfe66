"""A containerd of Onggi's own: configured, supervised, never the host's.

It has its own root, state, sockets and runc root, so that it cannot meet another instance.
Shims and containers outlive it and Onggi; a new containerd on the same state finds them.
``leftovers.clean`` removes what is there when nobody runs any more.
"""

import asyncio
import hashlib
import json
import os
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from onggi.controller.child import Child, Program, recorded, supervised
from onggi.node.cri import CriRuntime
from onggi.node.layout import Layout
from onggi.node.machine import Abilities
from onggi.node.runtime import RuntimeFailure

PAUSE = "localhost/pause:1"
ANSWER_WITHIN = 5.0  # seconds
SOCKET_LIMIT = 107  # bytes of a unix socket's path
UNUSED = (
    "io.containerd.snapshotter.v1.aufs",
    "io.containerd.snapshotter.v1.btrfs",
    "io.containerd.snapshotter.v1.devmapper",
    "io.containerd.snapshotter.v1.zfs",
    "io.containerd.internal.v1.opt",
    "io.containerd.tracing.processor.v1.otlp",
    "io.containerd.internal.v1.tracing",
)


class NoContainerd(Exception):
    """Containers cannot be run here; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """``snapshotter`` is overlayfs where the data directory's file system can carry it."""

    containerd: str
    runc: str
    cni_plugins: str
    snapshotter: str = "overlayfs"
    sandbox_image: str = PAUSE


CRI = "io.containerd.grpc.v1.cri"
Section = dict[str, object]


def config(layout: Layout, options: Options, able: Abilities) -> str:
    """``config.toml`` (version 2, which containerd 1.6 to 2.x read). Pure."""
    plugin = f"plugins.{json.dumps(CRI)}"
    sections: dict[str, Section] = {
        **daemon(layout, able),
        plugin: cri(options, able),
        f"{plugin}.cni": {
            "bin_dir": options.cni_plugins,
            "conf_dir": str(layout.cni_config),
            "max_conf_num": 1,
        },
        f"{plugin}.registry": {"config_path": str(layout.registries)},
    }
    sections |= {f"{plugin}.{name}": values for name, values in runc(layout, options).items()}
    return "\n".join(section(name, values) for name, values in sections.items())


def daemon(layout: Layout, able: Abilities) -> dict[str, Section]:
    return {
        "": {
            "version": 2,
            "root": str(layout.containerd_root),
            "state": str(layout.containerd_state),
            "oom_score": -999 if able.oom_below else 0,
            "disabled_plugins": list(UNUSED),
        },
        "grpc": {"address": str(layout.socket)},
        "ttrpc": {"address": f"{layout.socket}.ttrpc"},
        "debug": {"address": "", "level": "warn"},
        "metrics": {"address": ""},
    }


def cri(options: Options, able: Abilities) -> Section:
    return {
        "sandbox_image": options.sandbox_image,
        "stream_server_address": "127.0.0.1",
        "stream_server_port": "0",
        "enable_selinux": False,
        "disable_apparmor": not able.apparmor,
        "restrict_oom_score_adj": not able.oom_below,
        "tolerate_missing_hugetlb_controller": True,
        "disable_hugetlb_controller": not able.hugetlb,
        "netns_mounts_under_state_dir": True,
        "enable_unprivileged_ports": True,  # as containerd 2 does: port 80 without root
        "enable_unprivileged_icmp": True,
        "stats_collect_period": 60,
        "max_container_log_line_size": 16384,
        "ignore_image_defined_volumes": False,
    }


def runc(layout: Layout, options: Options) -> dict[str, Section]:
    """Its default root would be shared by every instance on the host."""
    return {
        "containerd": {
            "snapshotter": options.snapshotter,
            "default_runtime_name": "runc",
            "discard_unpacked_layers": False,
        },
        "containerd.runtimes.runc": {"runtime_type": "io.containerd.runc.v2"},
        "containerd.runtimes.runc.options": {
            "SystemdCgroup": False,
            "BinaryName": options.runc,
            "Root": str(layout.runc_root),
        },
    }


def section(name: str, values: Section) -> str:
    """JSON spells strings, numbers, booleans and lists as TOML does."""
    head = f"[{name}]\n" if name else ""
    return head + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())


def find_programs(data: Path) -> Options:
    """Where this host has what is needed, for images in ``data``. Raises NoContainerd."""
    places = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin"
    found = {name: shutil.which(name, path=places) for name in ("containerd", "runc")}
    plugins = next(
        (p for p in ("/usr/lib/cni", "/opt/cni/bin") if Path(p, "bridge").exists()), None
    )
    missing = [name for name, path in found.items() if path is None]
    if plugins is None:
        missing.append("containernetworking-plugins")
    if missing or plugins is None:
        raise NoContainerd(
            f"Not installed: {', '.join(missing)}. Install: apt-get install {' '.join(missing)}"
        )
    return Options(
        containerd=found["containerd"] or "",
        runc=found["runc"] or "",
        cni_plugins=plugins,
        snapshotter=snapshotter(data),
    )


def prepare(layout: Layout, options: Options, able: Abilities) -> Program:
    """Make directories and the configuration. Raises NoContainerd."""
    if len(os.fsencode(f"{layout.socket}.ttrpc")) > SOCKET_LIMIT:
        raise NoContainerd(f"{layout.socket} is too long for a socket; use a shorter directory.")
    for folder in (layout.containerd_root, layout.containerd_state, layout.registries):
        folder.mkdir(parents=True, exist_ok=True, mode=0o711)
    (layout.data / "log").mkdir(parents=True, exist_ok=True)
    text = config(layout, options, able)
    layout.containerd_config.write_text(text)
    return Program(
        name="containerd",
        command=(options.containerd, "--config", str(layout.containerd_config)),
        log=layout.data / "log" / "containerd.log",
        record=layout.run / "containerd.json",
        ready=lambda: serves(layout.socket),
        version=hashlib.sha256(text.encode()).hexdigest(),
    )


async def answers(path: Path) -> bool:
    """Whether somebody accepts connections there."""
    try:
        _, writer = await asyncio.open_unix_connection(str(path))
    except OSError:
        return False
    writer.close()
    return True


async def serves(path: Path) -> bool:
    """Whether containers can be run through it: CRI is ready some time after the socket."""
    if not await answers(path):
        return False
    runtime = CriRuntime(str(path))
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            return "RuntimeReady" not in (await runtime.status()).not_ready
    except (RuntimeFailure, TimeoutError):
        return False
    finally:
        await runtime.close()


@asynccontextmanager
async def running(layout: Layout, options: Options, able: Abilities) -> AsyncIterator[Child]:
    """containerd, ready inside the block and stopped after it. Raises NoContainerd, ChildFailed.

    Its containers go on; stop the pods first where they shall not.
    """
    program = prepare(layout, options, able)
    if recorded(program) is None and await answers(layout.socket):
        raise NoContainerd(
            f"{layout.socket} is served by process {owner(layout.socket)}, which this instance "
            "did not start. Stop it, or use another directory."
        )
    async with supervised(program) as child:
        yield child


def owner(path: Path) -> int:
    """The process behind a unix socket, for an error message; 0 if it cannot be told."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
            packed = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        except OSError:
            return 0
    return int.from_bytes(packed[:4], "little")


def snapshotter(data: Path) -> str:
    """overlayfs cannot stand on an overlay (as in a container): copies then."""
    answer = subprocess.run(
        ["/usr/bin/stat", "--file-system", "--format=%T", str(data)],
        capture_output=True,
        text=True,
        check=False,
    )
    return "native" if answer.stdout.strip() == "overlayfs" else "overlayfs"
