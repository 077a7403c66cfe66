"""What an API server does for extension servers, in one place: asked for every request, so that
it must cost next to nothing where there is none."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from onggi.api.http import Answer, Request, User
from onggi.apiserver.admission import Lookup
from onggi.apiserver.aggregation.availability import Availability
from onggi.apiserver.aggregation.identity import Identity
from onggi.apiserver.aggregation.openapi import Extended, Page
from onggi.apiserver.aggregation.proxy import LONG, Proxy
from onggi.apiserver.aggregation.registration import register
from onggi.apiserver.aggregation.services import Remote, Services
from onggi.apiserver.custom_kinds import CRDS
from onggi.apiserver.path import Target
from onggi.apiserver.registry import Registry
from onggi.client.cluster import Cluster
from onggi.kinds.apiregistration.apiservice import APISERVICE
from onggi.store.store import Compacted, Store

UNAVAILABLE = "aggregator_unavailable_apiservice"
AGAIN = 10.0  # seconds until what was refused is tried again


class Aggregator:
    """``certificate`` proves who we are; see ``Identity``. Close it in the end."""

    def __init__(
        self, store: Store, lookup: Lookup, registry: Registry, certificate: Path | None
    ) -> None:
        self._store, self._registry, self._lookup = store, registry, lookup
        self.identity = Identity(certificate)
        self.services = Services(store)
        self.proxy = Proxy(lookup, self.identity)
        self.availability = Availability(store, lookup, self.proxy)

    @property
    def generation(self) -> tuple[int, int]:
        """Grows with every change of what extension servers serve."""
        return self.services.generation, self.availability.generation

    def remote(self, target: Target) -> Remote | None:
        """The extension server that a request is for."""
        remotes = self.services.remotes
        if not remotes:
            return None
        if target.resource:
            return remotes.get((target.group, target.version))
        match target.path.split("/", 4)[1:]:
            case ["apis", group, version, *_]:
                return remotes.get((group, version))
            case ["api", version, *_]:
                return remotes.get(("", version))
        return None

    async def forward(self, remote: Remote, request: Request, target: Target, user: User) -> Answer:
        long = target.verb == "watch" or target.subresource in LONG
        return await self.proxy.forward(remote, request, user, long)

    def extended(self, openapi: Page) -> Page:
        """``/openapi`` with what extension servers say."""
        return Extended(openapi, self.services, self.proxy, self._lookup)

    async def register(self, cluster: Cluster) -> bool:
        """APIServices for what is served here, as of now; whether all are there. ``cluster`` is
        a superuser's."""
        return await register(cluster, self._registry.kinds)

    async def run(self, cluster: Cluster, clock: Callable[[], datetime]) -> None:
        """For ever: follow what is defined, and ask those elsewhere whether they are well."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.availability.run(cluster, clock))
            for resource in (CRDS, APISERVICE.resource):
                tasks.create_task(self._keep_registered(cluster, resource))

    async def _keep_registered(self, cluster: Cluster, resource: str) -> None:
        while not self._store.closed:
            place = self._store.watch(resource, since=self._store.revision)
            patience = None if await self.register(cluster) else AGAIN
            try:
                while changes := await place.next(patience):
                    if any(matters(change.type, resource) for change in changes):
                        break
            except Compacted:
                continue

    def lines(self) -> Iterator[str]:
        """For ``/metrics``: which extension servers are not available."""
        if remotes := self.services.remotes:
            yield f"# TYPE {UNAVAILABLE} gauge"
            for remote in remotes.values():
                yield f'{UNAVAILABLE}{{name="{remote.name}"}} {int(not remote.available)}'

    async def close(self) -> None:
        await self.proxy.close()


def matters(change: str, resource: str) -> bool:
    """Of APIServices only the loss of one; the rest is our own doing, or none of our business."""
    return resource == CRDS or change == "DELETED"
