"""All volumes of all pods on this node: mounted, kept up to date, taken away.

Promises: what a pod sees changes when its source does, without polling; tokens are renewed
before they end; nothing outside the pod's own directory is ever removed; a pod that left
something behind before a crash is known and can be unmounted.
"""

import asyncio
import logging
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from onggi.api.objects import View, get
from onggi.client.cluster import Cluster
from onggi.node.downward import Surroundings
from onggi.node.layout import Layout
from onggi.node.mounting import below, unmount_below
from onggi.node.parts import Mounts, NotReady, VolumeMounted
from onggi.node.volumes.sources import Key, Sources
from onggi.node.volumes.table import PLUGINS
from onggi.node.volumes.tokens import TokenCache
from onggi.node.volumes.volume import Ask, Means, Plugin, VolumeError

log = logging.getLogger(__name__)

LONG = 3600.0  # seconds; how long to wait for changes when no token is due


@dataclass
class Held:
    """One pod's volumes. ``stale`` says that a source has changed since they were written."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    pod: View | None = None
    mounts: Mounts | None = None
    stale: bool = False


class PodVolumes:
    """Fulfils ``parts.Volumes``. ``waiting(uid)`` is called when a volume that could not be
    mounted may have become ready."""

    def __init__(
        self,
        cluster: Cluster,
        layout: Layout,
        around: Callable[[], Surroundings],
        clock: Callable[[], datetime],
        waiting: Callable[[str], None] = lambda uid: None,
    ) -> None:
        self._layout = layout
        self._clock = clock
        self._waiting = waiting
        self._held: dict[str, Held] = {}
        self._changed: set[str] = set()
        self._wake = asyncio.Event()
        self._sources = Sources(cluster, self._change)
        self._tokens = TokenCache(cluster, clock)
        self._means = Means(objects=self._sources, tokens=self._tokens, around=around, clock=clock)

    async def mount(self, pod: View) -> Mounts:
        held = self._held.setdefault(pod["metadata"]["uid"], Held())
        async with held.lock:
            if held.mounts is None or held.stale or concerns(held.pod) != concerns(pod):
                await self._set_up(pod, held)
                self._wake.set()  # there may be a token to renew now
            return held.mounts or {}

    async def _set_up(self, pod: View, held: Held) -> None:
        """Old contents stay when new ones cannot be had."""
        uid = pod["metadata"]["uid"]
        volumes = [split(entry) for entry in get(pod, "spec.volumes") or ()]
        namespace = pod["metadata"]["namespace"]
        self._sources.use(uid, wanted(volumes, namespace))
        held.pod, held.stale = pod, False
        self._layout.pods.mkdir(mode=0o700, parents=True, exist_ok=True)  # secrets lie below
        try:
            held.mounts = {
                name: await self._one(pod, name, key, source) for name, key, source in volumes
            }
        except BaseException:
            held.stale = True
            raise

    async def _one(self, pod: View, name: str, key: str, source: View) -> VolumeMounted:
        plugin = plugin_of(name, key)
        path = self._layout.volume(pod["metadata"]["uid"], plugin.directory, name)
        try:
            return await plugin.setup(
                Ask(pod=pod, name=name, source=source, path=path), self._means
            )
        except (VolumeError, OSError) as error:
            raise NotReady(f'MountVolume.SetUp failed for volume "{name}" : {error}') from error

    async def unmount(self, pod_uid: str) -> None:
        held = self._held.setdefault(pod_uid, Held())
        async with held.lock:
            self._sources.use(pod_uid, set())
            self._tokens.forget(pod_uid)
            await asyncio.to_thread(remove_pod, self._layout, pod_uid)
            self._held.pop(pod_uid, None)

    async def known(self) -> frozenset[str]:
        folder = self._layout.pods
        names = await asyncio.to_thread(
            lambda: [p.name for p in folder.iterdir()] if folder.exists() else []
        )
        return frozenset(names) | frozenset(self._held)

    def _change(self, uids: set[str]) -> None:
        self._changed |= uids
        self._wake.set()

    async def run(self) -> None:
        """Follow sources and renew tokens, for ever; whoever runs it cancels it."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._sources.run())
            while True:
                await self._until_needed()
                due, self._changed = self._changed | self._tokens.due(self._clock()), set()
                for uid in due:
                    await self._refresh(uid)

    async def _until_needed(self) -> None:
        next_token = self._tokens.next_refresh()
        patience = (next_token - self._clock()).total_seconds() if next_token else LONG
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, min(patience, LONG))):
                await self._wake.wait()
        self._wake.clear()

    async def _refresh(self, uid: str) -> None:
        held = self._held.get(uid)
        if held is None or held.pod is None:
            return
        held.stale = True
        if held.mounts is None:
            self._waiting(uid)
            return
        try:
            await self.mount(held.pod)
        except NotReady as error:
            log.warning("pod %s keeps its old contents: %s", uid, error)


def concerns(pod: View | None) -> object:
    """The parts of a pod that its volumes may show."""
    meta = (pod or {}).get("metadata", {})
    return meta.get("labels"), meta.get("annotations"), get(pod or {}, "spec.volumes")


def split(entry: View) -> tuple[str, str, View]:
    """(name, type, source) of one entry of ``spec.volumes``; an entry without a type is an
    emptyDir, as upstream defaults it."""
    typed = [(key, source) for key, source in entry.items() if key != "name" and source is not None]
    key, source = typed[0] if typed else ("emptyDir", {})
    return entry["name"], key, source


def wanted(volumes: list[tuple[str, str, View]], namespace: str) -> set[Key]:
    return {
        (kind, namespace, name)
        for _, key, source in volumes
        if key in PLUGINS
        for kind, name in PLUGINS[key].wants(source)
    }


def plugin_of(volume: str, key: str) -> Plugin:
    if key not in PLUGINS:
        raise NotReady(
            f'MountVolume.SetUp failed for volume "{volume}" : '
            f"no volume plugin matched: {key} volumes are not supported by this node"
        )
    return PLUGINS[key]


def remove_pod(layout: Layout, uid: str) -> None:
    """Unmount everything below the pod's directory, then remove it.

    Nothing is removed while anything is still mounted there: it could be somebody's data.
    """
    folder = layout.pod(uid)
    unmount_below(folder)
    if left := below(folder):
        raise OSError(f"still mounted below {folder}: {left[0]}")
    if folder.exists():
        shutil.rmtree(folder)
