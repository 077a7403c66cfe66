"""What the proxy needs of the host's kernel, and how to give it back.

``prepare`` returns the former values, which whoever uninstalls hands to ``restore``.
"""

import asyncio
import contextlib
import logging
import subprocess
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

log = logging.getLogger(__name__)

SYSCTL = Path("/proc/sys")
WANTED = {
    "net/ipv4/ip_forward": "1",  # packets between pods, and from them to the world
    "net/bridge/bridge-nf-call-iptables": "1",  # answers between pods of one bridge pass conntrack
}


class HostError(Exception):
    """The host cannot do what is needed. The text says what, and how to mend it."""


def prepare() -> dict[str, str]:
    """Set what is not set yet. Returns the former value of each setting that was changed."""
    if not (SYSCTL / "net/bridge").exists():
        load_module("br_netfilter")
    changed = {}
    for name, wanted in WANTED.items():
        before = read(name)
        if before != wanted:
            write(name, wanted)
            changed[name] = before
    return changed


def restore(former: Mapping[str, str]) -> None:
    """Set back what ``prepare`` changed; a setting that is gone by now is no error."""
    for name, value in former.items():
        if name in WANTED and (SYSCTL / name).exists():
            write(name, value)


def load_module(name: str) -> None:
    """modprobe; a kernel without modules may have it built in and shows it after a bridge."""
    try:
        subprocess.run(["modprobe", name], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise HostError(
            f"the kernel module {name} is needed and cannot be loaded ({error}): "
            "services would not answer pods on this host"
        ) from error


def read(name: str) -> str:
    try:
        return (SYSCTL / name).read_text().strip()
    except FileNotFoundError as error:
        raise HostError(f"the kernel has no setting {name}") from error


def write(name: str, value: str) -> None:
    try:
        (SYSCTL / name).write_text(value)
    except OSError as error:
        raise HostError(f"{name} cannot be set to {value}: {error}") from error
    log.info("%s = %s", name, value)


@contextlib.asynccontextmanager
async def local_address(address: str, label: str = "lo") -> AsyncIterator[None]:
    """The host has this address too while inside, as a /32 that no other host sees.

    ``label`` (``lo:NAME``) says whose it is: who finds it taken takes it from nobody at the end.
    """
    own = (f"{address}/32", "dev", "lo", "label", label)
    await ip("address", "replace", *own)
    try:
        yield
    finally:
        with contextlib.suppress(HostError):  # somebody else removed it
            await ip("address", "delete", *own)


@contextlib.asynccontextmanager
async def service_route(network: str) -> AsyncIterator[None]:
    """The host has a way to service addresses while inside, even without a default route.

    Translation happens before a packet leaves, so where the route leads does not matter, but
    without one the kernel does not even begin. What is not translated never leaves the host.
    """
    await ip("route", "replace", network, "dev", "lo")
    try:
        yield
    finally:
        with contextlib.suppress(HostError):  # somebody else removed it
            await ip("route", "delete", network, "dev", "lo")


async def ip(*arguments: str) -> None:
    """The iproute2 program: it costs 2 ms, a netlink library 28 MB. Raises HostError."""
    try:
        process = await asyncio.create_subprocess_exec(
            "ip", *arguments, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
    except FileNotFoundError as error:
        raise HostError("the program ip is missing: install the package iproute2") from error
    _, said = await process.communicate()
    if process.returncode:
        raise HostError(f"ip {' '.join(arguments)}: {said.decode(errors='replace').strip()}")
