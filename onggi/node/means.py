"""What every pod's worker shares: the parts of the node, and what is known of the whole."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from onggi.client.cluster import Cluster
from onggi.node.checks import Checker
from onggi.node.clock import Clock
from onggi.node.parts import Cgroups, Configurer, Images, Recorder, Volumes
from onggi.node.runtime import ContainerRuntime

AT_ONCE = 8  # sandboxes and containers that are made at the same time
REMEMBERED = 4096


class Exits:
    """The ids of what has ended lately, as the runtime's events say: its status may lag."""

    def __init__(self) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()

    def add(self, id: str) -> None:
        self._ids[id] = None
        if len(self._ids) > REMEMBERED:
            self._ids.popitem(last=False)

    def __contains__(self, id: str) -> bool:
        return id in self._ids


@dataclass(frozen=True, kw_only=True)
class Means:
    """``host_ips`` answers the node's addresses, the primary one first."""

    cluster: Cluster
    runtime: ContainerRuntime
    volumes: Volumes
    images: Images
    configurer: Configurer
    cgroups: Cgroups
    recorder: Recorder
    clock: Clock
    checker: Checker
    host_ips: Callable[[], Sequence[str]]
    exits: Exits = field(default_factory=Exits)
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
