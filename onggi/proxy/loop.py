"""Keeps the firewall true to Services, EndpointSlices and pods with host ports.

A change is applied in the next turn of the event loop; changes that arrive together, or
while a transaction runs, go into one transaction. Nothing polls.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.controller.cache import Caches
from onggi.kinds.core.pod import POD
from onggi.kinds.core.service import SERVICE
from onggi.kinds.discovery.endpointslice import ENDPOINTSLICE
from onggi.proxy.firewall import Firewall
from onggi.proxy.host import service_route
from onggi.proxy.ledger import Part
from onggi.proxy.nftables import Nftables, NftablesError
from onggi.proxy.rules import Place, mapped_ports, pod_part, service_part
from onggi.proxy.stale import forget, stale_flows
from onggi.proxy.table import TableConfig
from onggi.proxy.watch import TableWatch

log = logging.getLogger(__name__)

READS = (SERVICE, ENDPOINTSLICE, POD)  # the caches must hold these in full
SERVICE_NAME = "kubernetes.io/service-name"
PAUSE = 1.0  # seconds before a refused transaction is tried again


class Owner(NamedTuple):
    """Whose part it is: a Service, or a pod with host ports."""

    kind: Kind
    namespace: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ProxyConfig:
    """``node`` is this node's name; ``served_here`` are cluster addresses that something on
    this host listens on by itself (the cluster's DNS), which therefore need no rules."""

    node: str
    table: TableConfig = field(default_factory=TableConfig)
    served_here: frozenset[str] = frozenset()


class Proxy:
    """``run`` in a TaskGroup, once the caches are in sync. The table outlives it, so that a
    restart interrupts no connection; ``remove`` is for those who leave for good."""

    def __init__(self, caches: Caches, config: ProxyConfig) -> None:
        self.applied = asyncio.Event()  # the first time
        self._caches = caches
        services = config.table.services
        self._route = partial(service_route, services) if services else contextlib.nullcontext
        self._place = Place(config.node, config.served_here)
        self._firewall = Firewall(Nftables(), config.table)
        self._watch = TableWatch(self._check)
        self._dirty: set[Owner] = set()
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """For ever; whoever runs it cancels it."""
        self._caches.listen(self._changed, READS)
        for kind in (SERVICE, POD):
            for obj in self._caches.all(kind):
                self._changed(kind, None, obj)
        self._wake.set()
        async with self._route(), asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch.run())
            while True:
                await self._wake.wait()
                self._wake.clear()
                await self._refresh()

    async def remove(self) -> None:
        """Delete the table."""
        await self._firewall.remove()

    async def _refresh(self) -> None:
        dirty, self._dirty = self._dirty, set()
        for owner in dirty:
            self._firewall.put(owner, self._part(owner))
        try:
            changes = await self._firewall.apply()
        except NftablesError as error:
            log.error("services are not up to date: %s", error)
            asyncio.get_running_loop().call_later(PAUSE, self._wake.set)
            return
        self.applied.set()
        if flows := stale_flows(changes):
            await forget(flows)

    def _part(self, owner: Owner) -> Part:
        kind, namespace, name = owner
        obj = self._caches.get(kind, namespace, name)
        if obj is None:
            return {}
        if kind is POD:
            return pod_part(obj, self._place)
        slices = self._caches.select(ENDPOINTSLICE, namespace, {SERVICE_NAME: name})
        return service_part(obj, slices, self._place)

    def _check(self) -> None:
        if self._firewall.is_lost():
            log.warning("the nftables table was deleted by somebody; making it anew")
            self._wake.set()

    def _changed(self, kind: Kind, before: View | None, after: View | None) -> None:
        changed = after or before
        owner = owner_of(kind, changed) if changed else None
        if owner:
            self._dirty.add(owner)
            self._wake.set()


def owner_of(kind: Kind, changed: View) -> Owner | None:
    """Whose part has to be computed again."""
    meta = changed["metadata"]
    namespace, name = meta.get("namespace", ""), meta["name"]
    if kind is ENDPOINTSLICE:
        service = (meta.get("labels") or {}).get(SERVICE_NAME)
        return Owner(SERVICE, namespace, service) if service else None
    if kind is SERVICE or (kind is POD and any(mapped_ports(changed))):
        return Owner(kind, namespace, name)
    return None


@contextlib.asynccontextmanager
async def running(proxy: Proxy) -> AsyncIterator[Proxy]:
    """The proxy at work while inside, from its first table on."""
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(proxy.run())
        await proxy.applied.wait()
        yield proxy
        task.cancel()
