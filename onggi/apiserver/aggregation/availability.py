"""Asks every extension server whether it is well, and writes down what it said.

It is asked when its APIService, its Service or its endpoints change, and twice a minute besides,
since nobody tells when a server has died. What it says that it serves is kept for discovery.
Source: ``k8s.io/kube-aggregator/pkg/controllers/status/remote/remote_available_controller.go``.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from onggi.api.errors import Conflict, NotFound, StatusError
from onggi.api.http import User
from onggi.api.objects import Object, View, get
from onggi.apiserver.admission import Lookup
from onggi.apiserver.aggregation.judgement import PASSED, Condition, unreachable
from onggi.apiserver.aggregation.proxy import Proxy, base
from onggi.apiserver.aggregation.services import Remote, is_remote, remote
from onggi.apiserver.webhooks.where import SERVICE_NAME, Address, addresses
from onggi.apiserver.webhooks.words import words
from onggi.client.cluster import Cluster
from onggi.kinds.apiregistration.apiservice import APISERVICE, with_condition
from onggi.kinds.core.service import SERVICE
from onggi.kinds.discovery.endpointslice import ENDPOINTSLICE
from onggi.store.store import Change, Compacted, Store

log = logging.getLogger(__name__)

AGGREGATOR = User("system:kube-aggregator", ("system:masters",))
EVERY = 30.0  # seconds
SOON = 1.0  # seconds until one that failed is asked again; doubled each time, up to EVERY
ATTEMPTS = 5  # endpoints that are asked before the server counts as failing

Documents = dict[str, Object]


class Availability:
    """``documents`` are the resource lists of the servers that answered last time they were
    asked, by the name of the APIService; ``generation`` grows with each that is new."""

    def __init__(self, store: Store, lookup: Lookup, proxy: Proxy) -> None:
        self._store, self._lookup, self._proxy = store, lookup, proxy
        self._wake = asyncio.Event()
        self._failures: dict[str, int] = {}
        self.documents: Documents = {}
        self.generation = 0

    async def run(self, cluster: Cluster, clock: Callable[[], datetime]) -> None:
        """For ever. ``cluster`` must be a superuser's."""
        async with asyncio.TaskGroup() as tasks:
            for kind in (APISERVICE, SERVICE, ENDPOINTSLICE):
                tasks.create_task(self._follow(kind.resource))
            while True:
                self._wake.clear()
                async with asyncio.TaskGroup() as checks:
                    for service in self._services():
                        checks.create_task(self._look(service, cluster, clock))
                await self._rest()

    def _services(self) -> list[View]:
        found = [s for s in self._lookup.list(APISERVICE) if is_remote(s)]
        names = {s["metadata"]["name"] for s in found}
        for gone in set(self.documents) - names:
            del self.documents[gone]
            self.generation += 1
        self._failures = {n: count for n, count in self._failures.items() if n in names}
        return found

    async def _rest(self) -> None:
        """Until something changes or it is time to ask again; for ever where there is none."""
        there_are = any(is_remote(s) for s in self._lookup.list(APISERVICE))
        worst = max(self._failures.values(), default=0)
        wait = min(SOON * 2 ** (worst - 1), EVERY) if worst else EVERY
        try:
            async with asyncio.timeout(wait if there_are else None):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _follow(self, resource: str) -> None:
        place = self._store.watch(resource, since=self._store.revision)
        while not self._store.closed:
            try:
                changes = await place.next()
            except Compacted:
                place = self._store.watch(resource, since=self._store.revision)
                self._wake.set()
                continue
            if concerns(changes, [s["spec"]["service"] for s in self._remotes()]):
                self._wake.set()

    def _remotes(self) -> list[View]:
        return [s for s in self._lookup.list(APISERVICE) if is_remote(s)]

    async def _look(self, service: View, cluster: Cluster, clock: Callable[[], datetime]) -> None:
        name = service["metadata"]["name"]
        condition = unreachable(service, self._lookup) or await self._ask(remote(service))
        if condition.status == "True":
            self._failures.pop(name, None)
        elif condition.reason == "FailedDiscoveryCheck":
            self._failures[name] = self._failures.get(name, 0) + 1
        status = with_condition(service, *condition, clock())
        if status == service.get("status"):
            return
        log.info("APIService %s: %s (%s)", name, condition.reason, condition.message)
        try:
            await cluster.patch(APISERVICE, service, {"status": status}, subresource="status")
        except (Conflict, NotFound):
            self._wake.set()
        except StatusError as error:  # a webhook's or a policy's: tried again at the next look
            log.warning("APIService %s: its status cannot be written: %s", name, error.message)

    async def _ask(self, server: Remote) -> Condition:
        """One endpoint that answers is enough."""
        try:
            found = list(addresses(self._lookup, server.where))
        except StatusError as error:
            return Condition("False", "FailedDiscoveryCheck", error.message)
        failure = ""
        for address in random.sample(found, min(len(found), ATTEMPTS)):
            failure = await self._attempt(server, address)
            if not failure:
                return PASSED
        return Condition("False", "FailedDiscoveryCheck", failure)

    async def _attempt(self, server: Remote, address: Address) -> str:
        """What is wrong with one endpoint; empty where nothing is."""
        import aiohttp

        url = f"{base(address)}{server.path}"
        prefix = f"failing or missing response from {url}"
        try:
            status, body = await self._proxy.get(server, address, server.path, AGGREGATOR)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return f'{prefix}: Get "{url}": {words(error, server.where)}'
        if not 200 <= status < 300:
            return f"{prefix}: bad status from {url}: {status}"
        self._remember(server.name, body)
        return ""

    def _remember(self, name: str, body: bytes) -> None:
        document = resource_list(body)
        if document is not None and self.documents.get(name) != document:
            self.documents[name] = document
            self.generation += 1


def resource_list(body: bytes) -> Object | None:
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("resources"), list) else None


def concerns(changes: Sequence[Change], services: Iterable[Mapping[str, str]]) -> bool:
    """Whether a change may say something about the reachability of one of these Services."""
    wanted = {(service["namespace"], service["name"]) for service in services}
    for change in changes:
        resource, namespace, name = change.new.key
        if resource == ENDPOINTSLICE.resource and wanted:
            name = get(change.new.object, "metadata.labels", {}).get(SERVICE_NAME, "")
        if resource == APISERVICE.resource:
            if spec_changed(change):
                return True
        elif (namespace, name) in wanted:
            return True
    return False


def spec_changed(change: Change) -> bool:
    """Our own word on the status is no news."""
    before, after = change.old, change.new
    if before is None or change.type == "DELETED":
        return True
    return before.object["spec"] != after.object["spec"]
