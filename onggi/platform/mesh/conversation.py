"""What to tell one Envoy next: the aggregated discovery protocol without its transport. Pure.

Promises, whatever the order of changes and answers:

* A route never leads to a cluster that Envoy does not have yet: listeners and routes wait
  until the clusters are acknowledged and their endpoints have been sent.
* A cluster goes only after the routes without it have been acknowledged.
* Of each type at most one response is under way; what changes meanwhile goes with the next.
* Endpoints, routes and secrets are sent one by one as they change; clusters and listeners
  are always sent all, because a missing one means "delete" there.
* What Envoy refuses is not offered again until it has changed.

Source: "xDS REST and gRPC protocol" in Envoy's documentation (state of the world variant).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from onggi.platform.mesh.translate.resources import CLUSTER, ENDPOINTS, LISTENER, ROUTES, SECRET

ORDER = (CLUSTER, ENDPOINTS, SECRET, LISTENER, ROUTES)
WHOLE = (CLUSTER, LISTENER)  # a response replaces everything of these types


class Packed(NamedTuple):
    """An encoded resource. No two different ones of a name ever have the same ``version``."""

    version: int
    data: bytes


Packs = Mapping[str, Packed]  # name → resource
Snapshot = Mapping[str, Packs]  # type → resources


class Send(NamedTuple):
    """A response to send now."""

    type: str
    nonce: str
    version: str
    resources: list[bytes]


class Heard(NamedTuple):
    """A request from Envoy; ``error`` is set where it refuses the response ``nonce``."""

    type: str
    names: tuple[str, ...] = ()
    nonce: str = ""
    error: str = ""


@dataclass
class Channel:
    """One type of resources on one stream."""

    subscribed: bool = False
    names: frozenset[str] = frozenset()
    sent: dict[str, int] = field(default_factory=dict)  # name → version
    waiting: str = ""  # the nonce under way
    sent_any: bool = False
    refused: str = ""  # Envoy's words about the last response


class Conversation:
    """One stream. ``offer`` and ``hear`` take what happens; ``next`` says what to send."""

    def __init__(self) -> None:
        self._channels = {type: Channel() for type in ORDER}
        self._wanted: Snapshot = {}
        self._leaving: dict[str, Packed] = {}  # clusters that routes may still lead to
        self._count = 0

    def offer(self, snapshot: Snapshot) -> None:
        """This is the configuration from now on."""
        before, now = self._wanted.get(CLUSTER, {}), snapshot.get(CLUSTER, {})
        for name, old in {**self._leaving, **before}.items():
            if name not in now:
                self._leaving[name] = old
        self._leaving = {n: p for n, p in self._leaving.items() if n not in now}
        self._wanted = snapshot

    def hear(self, request: Heard) -> None:
        channel = self._channels.get(request.type)
        if channel is None:
            return  # a type that we never serve
        if request.nonce and request.nonce != channel.waiting and channel.waiting:
            return  # about a response that a later one has overtaken
        if request.nonce == channel.waiting:
            channel.waiting = ""
            channel.refused = request.error
        fresh = frozenset(request.names) - channel.names
        channel.subscribed, channel.names = True, frozenset(request.names)
        for name in fresh | (channel.sent.keys() - channel.names if channel.names else set()):
            channel.sent.pop(name, None)

    def next(self) -> Send | None:
        """The next response, or None: wait for something to happen."""
        self._release()
        for type in ORDER:
            if self._may_send(type):
                due = self._due(type)
                if due is not None:
                    return self._send(type, due)
        return None

    @property
    def settled(self) -> bool:
        """Envoy has everything that it asked for, and has answered to it."""
        asked = self._channels[LISTENER].subscribed
        return (
            asked and self.next_is_nothing() and not any(c.waiting for c in self._channels.values())
        )

    def next_is_nothing(self) -> bool:
        return not self._leaving and all(self._due(type) is None for type in ORDER)

    @property
    def refusals(self) -> dict[str, str]:
        """What Envoy said about the last response of each type that it refused."""
        return {type: c.refused for type, c in self._channels.items() if c.refused}

    def _may_send(self, type: str) -> bool:
        channel = self._channels[type]
        if not channel.subscribed or channel.waiting:
            return False
        return type not in (LISTENER, ROUTES) or self._clusters_are_there()

    def _clusters_are_there(self) -> bool:
        clusters, endpoints = self._channels[CLUSTER], self._channels[ENDPOINTS]
        if clusters.refused:
            return True  # Envoy took the others; it will never ask for the endpoints of that one
        if clusters.waiting or self._due(CLUSTER) is not None:
            return False
        return endpoints.sent.keys() >= self._wanted.get(ENDPOINTS, {}).keys()

    def _due(self, type: str) -> Packs | None:
        """The resources of the next response; None where Envoy has them all."""
        channel, target = self._channels[type], self._target(type)
        changed = {n: p for n, p in target.items() if channel.sent.get(n) != p.version}
        if type not in WHOLE:
            return changed or None
        first = channel.subscribed and not channel.sent_any
        gone = channel.sent.keys() - target.keys()
        return target if changed or gone or first else None

    def _target(self, type: str) -> Packs:
        wanted = self._wanted.get(type, {})
        if type == CLUSTER:
            return {**wanted, **self._leaving}
        if type in WHOLE:
            return wanted
        names = self._channels[type].names
        return {name: packed for name, packed in wanted.items() if name in names}

    def _send(self, type: str, resources: Packs) -> Send:
        self._count += 1
        channel, nonce = self._channels[type], str(self._count)
        if type == CLUSTER:
            self._forget_endpoints(resources)
        if type in WHOLE:
            channel.sent = {}
        channel.sent |= {name: packed.version for name, packed in resources.items()}
        channel.waiting, channel.sent_any = nonce, True
        return Send(type, nonce, nonce, [packed.data for packed in resources.values()])

    def _forget_endpoints(self, clusters: Packs) -> None:
        """Envoy makes a changed cluster anew and waits for its endpoints, without asking."""
        known, endpoints = self._channels[CLUSTER].sent, self._channels[ENDPOINTS].sent
        for name, packed in clusters.items():
            if known.get(name) != packed.version:
                endpoints.pop(name, None)

    def _release(self) -> None:
        """Once the routes are known to be without them, clusters may go."""
        door = ROUTES if self._wanted.get(LISTENER) else LISTENER
        channel = self._channels[door]
        quiet = channel.subscribed and not channel.waiting
        if self._leaving and quiet and self._due(door) is None:
            self._leaving = {}
