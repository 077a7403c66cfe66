"""UDP flows that still go to an endpoint that is gone. The deciding half is pure.

A UDP "connection" lives in conntrack for as long as a client keeps sending, and would keep
its old translation for ever: a client of a DNS Service whose pod was replaced would never
reach the new pod. TCP ends by itself. The ``conntrack`` program deletes such entries
(Debian: conntrack; pyroute2 could, for 28 MB of memory and half a second of import).
"""

import asyncio
import logging
import shutil
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from onggi.proxy.ledger import Changes, Item

log = logging.getLogger(__name__)

AT_ONCE = 8
Door = tuple[str, str]


class Stale(NamedTuple):
    """Flows to ``address`` (empty: any address of the host) and ``port`` that are answered by
    ``by``: a former endpoint, or the address itself where there had been none."""

    address: str
    port: str
    by: str


def stale_flows(changes: Changes) -> set[Stale]:
    """What the change leaves behind."""
    gone: dict[Door, set[str]] = {}
    come: dict[Door, set[str]] = {}
    found: set[Stale] = set()
    for item, change in changes.items():
        door = udp_door(item)
        if door is None:
            continue
        for value, group in ((change.before, gone), (change.after, come)):
            if value:
                group.setdefault(door, set()).add(value.split(" . ")[0])
        if item.key.startswith("0 ") and change.before is None and door[0]:
            found.add(Stale(*door, by=door[0]))  # its first endpoint ever
    for door, before in gone.items():
        found |= {Stale(*door, by=address) for address in before - come.get(door, set())}
    return found


def udp_door(item: Item) -> Door | None:
    """(address, port) of an element such as ``0 . 10.96.0.10 . udp . 53``."""
    words = item.key.split(" . ")
    if "udp" not in words or item.kind not in ("endpoints", "port_endpoints"):
        return None
    return (words[1], words[3]) if item.kind == "endpoints" else ("", words[2])


def arguments(flow: Stale) -> Sequence[str]:
    where = ["--orig-dst", flow.address] if flow.address else []
    return ["-D", "-p", "udp", *where, "--orig-port-dst", flow.port, "--reply-src", flow.by]


async def forget(flows: Iterable[Stale]) -> None:
    """Delete their entries; that there is none is fine."""
    program = shutil.which("conntrack")
    if program is None:
        log.warning("conntrack is not installed: UDP clients may keep a former endpoint")
        return
    slots = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as tasks:
        for flow in flows:
            tasks.create_task(delete(program, flow, slots))


async def delete(program: str, flow: Stale, slots: asyncio.Semaphore) -> None:
    async with slots:
        process = await asyncio.create_subprocess_exec(
            program,
            *arguments(flow),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await process.communicate()
    if process.returncode and b"0 flow entries" not in said:
        log.warning("conntrack %s: %s", flow, said.decode(errors="replace").strip())
