"""Takes back what an instance put on the host, for ``onggi down`` and ``onggi uninstall``.

After an orderly stop there is next to nothing to do; after a crash all of it. Everything is
recognised by the instance's own names and paths; what is found is told.
"""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from onggi.config import Config
from onggi.controller.child import Process, stop
from onggi.facts import networks
from onggi.node import leftovers
from onggi.node.mounting import unmount_below
from onggi.proxy import host
from onggi.proxy.nftables import Nftables, NftablesError
from onggi.up.node import HOST_RECORD, layout

Say = Callable[[str], None]
PATIENCE = 10.0  # seconds that Envoy gets


class NotOurs(Exception):
    """The directory holds no instance: nothing was removed. The text says so."""


def stop_leftovers(config: Config, say: Say = print) -> None:
    """Processes, mounts, network, cgroups, kernel settings; the data stays."""
    for found in asyncio.run(stop_processes(config)):
        say(f"  stopped {found}")
    if remove_table(config):  # else the rest is gone too, or another instance's
        remove_address(config.dns_service, f"lo:{config.name}")
        remove_route(config.service_network)
    if HOST_RECORD.exists() and is_alone(config):
        host.restore(json.loads(HOST_RECORD.read_text()))
        HOST_RECORD.unlink()


def is_alone(config: Config) -> bool:
    """Whether no other instance needs the kernel settings: each has a bridge."""
    return not any(name.startswith("onggi") for name in networks() if name != config.bridge)


async def stop_processes(config: Config) -> list[str]:
    record = config.run / "envoy.json"
    found = []
    if record.exists():
        process = Process(**json.loads(record.read_text()))
        if process.alive:
            await stop(process, PATIENCE)
            found.append("envoy")
        record.unlink()
    return [*found, *await leftovers.clean(layout(config))]


def remove_table(config: Config) -> bool:
    """Whether there was one: a crash leaves it."""
    nftables = Nftables()
    try:
        nftables.run(f"delete table ip {config.name}")
    except NftablesError:
        return False
    finally:
        nftables.close()
    return True


def remove_address(address: str, label: str) -> None:
    """DNS's own; a crash leaves it on lo. By its label: the same one may be another's."""
    command = ["ip", "address", "del", f"{address}/32", "dev", "lo", "label", label]
    subprocess.run(command, capture_output=True, check=False)


def remove_route(network: str) -> None:
    """The proxy's way to service addresses; a crash leaves it too."""
    subprocess.run(["ip", "route", "del", network, "dev", "lo"], capture_output=True, check=False)


def remove_all(config: Config, say: Say = print) -> None:
    """Everything, the data too. Raises NotOurs for a directory that is no instance's."""
    if config.data.exists() and not (config.data / "config.json").exists():
        raise NotOurs(
            f"{config.data} holds no Onggi instance (no config.json): nothing was removed. "
            "Give its directory with --data."
        )
    if config.node:
        stop_leftovers(config, say)
    for folder in (config.run, config.data):
        if folder.exists():
            remove_tree(folder)
            say(f"  removed {folder}")


def remove_tree(folder: Path) -> None:
    """A mount that is left would make this delete what is mounted there."""
    unmount_below(folder)
    shutil.rmtree(folder)
