"""Ingress: HTTP from outside to pods, through one supervised Envoy.

No request is lost when pods come and go
----------------------------------------
A pod is deleted. What happens, and why nobody notices:

1. The API server sets ``deletionTimestamp``. From here two things race: the endpoint's way
   out of Envoy, and the end of the process.
2. The EndpointSlice controller marks the endpoint terminating and not ready; the caches tell
   ``_changed`` in the same turn of the event loop, the next turn sends the new endpoints, and
   Envoy's worker has them a few milliseconds after the deletion. Envoy has one assignment of
   endpoints per worker at any time: no request chosen after that can go to the pod.
   The endpoint is *removed*, not marked DRAINING: removing makes Envoy close the idle
   connections to it by itself, so that no later request can meet a connection that the pod is
   just closing; requests that are under way on other connections run to their end, WebSockets
   too.
3. The node agent runs preStop, then sends SIGTERM. With any preStop sleep the process ends
   long after step 2. Without one, a server that stops listening at once meets these requests:

   a. chosen before step 2, no connection yet: connecting is refused, the request goes to
      another pod (``connect-failure``; ``previous_hosts`` never tries the same one again).
   b. chosen before step 2, on a kept connection that the pod closes in that moment: if
      nothing had been sent, it is sent to another pod (``reset-before-request``); if it had
      been sent and is idempotent, likewise (``reset``). A POST that was sent may have been
      carried out, so the client is told: HTTP leaves no other honest answer.
   c. already being answered: a server that ends gracefully finishes it.

4. The same closing race exists without any deletion, when a pod drops a connection that was
   idle for long. Envoy drops it first: after 15 s, below Tomcat's 20 s.

New pods get requests when their readiness says so, in the same few milliseconds. If every pod
of a Service is terminating but some still serve, those are used (as upstream's proxies do):
better an old pod than none. A route is never switched to a Service before Envoy has its
endpoints, and a Service goes only after the routes without it are acknowledged
(``conversation``). Envoy lives on when Onggi restarts, and drains before it stops.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field

from onggi.api.errors import AlreadyExists, StatusError
from onggi.api.kind import Kind
from onggi.api.objects import View, get
from onggi.client.cluster import Cluster
from onggi.controller.cache import Caches
from onggi.controller.correlate import Source, Word
from onggi.controller.events import Recorder
from onggi.kinds.core.service import SERVICE
from onggi.kinds.discovery.endpointslice import ENDPOINTSLICE
from onggi.kinds.networking.ingress import INGRESS
from onggi.kinds.networking.ingressclass import INGRESSCLASS
from onggi.platform.mesh.certificates import Certificates
from onggi.platform.mesh.envoy import EnvoyConfig, running
from onggi.platform.mesh.translate.classes import CLASS, ours, own_class, with_address
from onggi.platform.mesh.translate.clusters import SERVICE_NAME, endpoints
from onggi.platform.mesh.translate.ingress import translate, wanted
from onggi.platform.mesh.translate.listeners import Doors, Pair
from onggi.platform.mesh.translate.resources import ENDPOINTS, Problem, Translation
from onggi.platform.mesh.xds import Discovery, serving

log = logging.getLogger(__name__)

READS = (INGRESS, INGRESSCLASS, SERVICE, ENDPOINTSLICE)  # the caches must hold these in full
SOURCE = Source("onggi-ingress")
CERTIFICATES_WITHIN = 5.0  # seconds that a start waits for Secrets before it serves without


@dataclass(frozen=True, kw_only=True)
class IngressConfig:
    """``published`` are the addresses that an Ingress's status shows; ``fallback`` reads the
    certificate for hosts that nobody brings one for."""

    envoy: EnvoyConfig
    doors: Doors = field(default_factory=Doors)
    published: tuple[str, ...] = ("127.0.0.1",)
    fallback: Callable[[], Pair | None] = lambda: None


class Ingress:
    """``run`` in a TaskGroup, once the caches are in sync. ``ready`` is set when Envoy serves
    the configuration of that moment."""

    def __init__(
        self, cluster: Cluster, caches: Caches, recorder: Recorder, config: IngressConfig
    ) -> None:
        self.ready = asyncio.Event()
        self.discovery = Discovery(self._tell)
        self._cluster = cluster
        self._caches = caches
        self._recorder = recorder
        self._config = config
        self._wake = asyncio.Event()
        self._all = True  # everything has to be translated again
        self._moved: set[tuple[str, str]] = set()  # Services whose endpoints changed
        self._now = Translation({})
        self._problems: frozenset[Problem] = frozenset()

    async def run(self) -> None:
        """For ever; whoever runs it cancels it."""
        self._caches.listen(self._changed, READS)
        await self._ensure_class()
        async with asyncio.TaskGroup() as tasks:
            certificates = Certificates(self._cluster, tasks, self._renew)
            certificates.want(self._secrets())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CERTIFICATES_WITHIN):
                    await certificates.listed()
            self._translate(certificates, tasks)
            async with self._envoy():
                await self.discovery.settled()
                self.ready.set()
                while True:
                    await self._wake.wait()
                    self._wake.clear()
                    self._refresh(certificates, tasks)

    @contextlib.asynccontextmanager
    async def _envoy(self) -> AsyncIterator[None]:
        envoy = self._config.envoy
        async with serving(self.discovery, envoy.discovery_socket), running(envoy):
            yield

    def _refresh(self, certificates: Certificates, tasks: asyncio.TaskGroup) -> None:
        if self._all:
            self._translate(certificates, tasks)
        elif self._moved:
            self._move()

    def _move(self) -> None:
        """Only endpoints changed: the usual case, and the one that must be fast."""
        moved, self._moved = self._moved, set()
        backends = [b for key in moved for b in self._now.backends.get(key, ())]
        fresh = {b.cluster: endpoints(self._caches, b) for b in backends}
        self.discovery.publish({ENDPOINTS: {**self.discovery.published(ENDPOINTS), **fresh}})

    def _translate(self, certificates: Certificates, tasks: asyncio.TaskGroup) -> None:
        self._all, self._moved = False, set()
        mine = self._mine()
        certificates.want(self._secrets())
        found, config = certificates.found, self._config
        self._now = translate(self._caches, mine, found, config.doors, config.fallback())
        self.discovery.publish(self._now.resources)
        self._tell()
        for ingress in mine:
            status = with_address(ingress.get("status") or {}, self._config.published)
            if status is not None:
                tasks.create_task(self._write_status(ingress, status))

    def _mine(self) -> list[View]:
        return ours(self._caches.all(INGRESS), self._caches.all(INGRESSCLASS))

    def _secrets(self) -> set[tuple[str, str]]:
        return {name for ingress in self._mine() for name, _ in wanted(ingress)}

    def _renew(self) -> None:
        """A certificate came, went or changed."""
        self._all = True
        self._wake.set()

    def _refusals(self) -> Iterator[Problem]:
        """What Envoy does not take, such as a port in use, concerns every Ingress."""
        for type, words in self.discovery.refusals.items():
            message = f"Envoy refuses its {type.rpartition('.')[2]}: {words}"
            for ingress in self._mine():
                meta = ingress["metadata"]
                yield Problem(meta["namespace"], meta["name"], "ConfigurationRefused", message)

    def _tell(self) -> None:
        """An event for each problem that is new."""
        now = frozenset((*self._now.problems, *self._refusals()))
        for one in sorted(now - self._problems):
            ingress = self._caches.get(INGRESS, one.namespace, one.ingress)
            if ingress:
                self._recorder.emit(SOURCE, ingress, Word(one.reason, one.message, "Warning"))
        self._problems = now

    async def _write_status(self, ingress: View, status: View) -> None:
        try:
            await self._cluster.patch(INGRESS, ingress, {"status": status}, subresource="status")
        except StatusError as error:  # it is gone, or the next change brings another try
            log.info("status of ingress %s: %s", ingress["metadata"]["name"], error)

    async def _ensure_class(self) -> None:
        others = self._caches.all(INGRESSCLASS)
        if any(c["metadata"]["name"] == CLASS for c in others):
            return
        with contextlib.suppress(AlreadyExists):
            made = await self._cluster.create(INGRESSCLASS, own_class(others))
            self._caches.put(INGRESSCLASS, made)

    def _changed(self, kind: Kind, before: View | None, after: View | None) -> None:
        """The caches heard something."""
        changed = after or before
        if kind not in READS or changed is None:
            return
        meta = changed["metadata"]
        if kind is ENDPOINTSLICE:
            service = (meta.get("labels") or {}).get(SERVICE_NAME, "")
            key = (meta["namespace"], service)
            if key not in self._now.backends:
                return
            self._moved.add(key)
        elif matters(kind, before, after):
            self._all = True
        else:
            return
        self._wake.set()


def matters(kind: Kind, before: View | None, after: View | None) -> bool:
    """False for what only a status or a label says."""
    if before is None or after is None:
        return True
    if kind is INGRESS and with_changed_address(before, after):
        return True
    return bool(
        before.get("spec") != after.get("spec")
        or get(before, "metadata.annotations") != get(after, "metadata.annotations")
    )


def with_changed_address(before: View, after: View) -> bool:
    """Somebody else wrote the status: it is put right again."""
    return bool(get(before, "status.loadBalancer") != get(after, "status.loadBalancer"))
