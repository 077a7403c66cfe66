"""Priority and fairness: a client that asks too much waits, and nobody waits for it.

One thread answers all requests, so what a noisy client takes from the others is turns of the
event loop. In one turn at most ``TURN`` requests' worth of work begins; what is more waits in its
priority level, one queue for each flow, and the next turns go to the level that had least for its
shares, and within it to the flows one after the other. A request alone never waits. Levels, flows,
queue lengths, seats and headers are those of the flowcontrol API
(https://kubernetes.io/docs/concepts/cluster-administration/flow-control/); the turn stands in for
upstream's seat-seconds.
"""

import asyncio
from collections.abc import Iterator

from onggi.api.errors import TooManyRequests
from onggi.api.http import User
from onggi.apiserver.fairness.classify import Digest, Flow
from onggi.apiserver.fairness.level import Level, Waiting
from onggi.apiserver.path import Target
from onggi.store.store import Compacted, Store, Watch

TURN = 32  # requests that begin in one turn of the loop
WIDE = 100  # objects listed that are as much work as one more request
WIDEST = 10
PATIENCE = 15.0  # seconds that a request waits: a quarter of its minute, as upstream
BUSY = "Too many requests, please try again later."
GROUP = "flowcontrol.apiserver.k8s.io"
RESOURCES = (f"flowschemas.{GROUP}", f"prioritylevelconfigurations.{GROUP}")


class Gate:
    """``enter`` before a request is answered, ``leave`` after."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._begun = 0  # work that began in this turn
        self._turning = False
        self.digest = Digest.of((), ())
        self._leaving: list[Level] = []
        self._reload()

    # classification

    def flow(self, user: User, target: Target) -> Flow:
        if self._store.revision != self._seen:
            self._catch_up()
        return self.digest.flow(user, target)

    def _catch_up(self) -> None:
        try:
            if any(watch.ready() for watch in self._watches):
                self._reload()
        except Compacted:
            self._reload()
        self._seen = self._store.revision

    def _reload(self) -> None:
        """Those who run or wait are counted by the levels they entered."""
        store = self._store
        self._seen = store.revision
        self._watches: list[Watch] = [store.watch(r, since=self._seen) for r in RESOURCES]
        schemas, levels = ([r.object for r in store.list(resource)] for resource in RESOURCES)
        self._leaving = [level for level in self.levels if level.waiting]
        self.digest = Digest.of(schemas, levels)

    @property
    def levels(self) -> Iterator[Level]:
        """Also those that were replaced while somebody waited in them."""
        yield from self.digest.levels
        yield from self._leaving

    # the gate

    async def enter(self, flow: Flow, listed: int = 0) -> None:
        """At once, or when it is this flow's turn. Raises TooManyRequests.

        ``listed`` objects make a request wide: a list is as much work as it is long.
        """
        level = flow.level
        if level.exempt:
            level.running += 1
            return
        width = min(1 + listed // WIDE, WIDEST)
        if level.is_free and self._begun < TURN:
            self._begin(level, width)
        else:
            await self._wait(flow, width)

    def leave(self, flow: Flow) -> None:
        flow.level.running -= 1
        if flow.level.waiting:
            self._turn_soon()

    async def _wait(self, flow: Flow, width: int) -> None:
        turn = asyncio.get_running_loop().create_future()
        waiting = Waiting(turn, width)
        level = flow.level
        if not level.waiting:  # it does not make up for the time when it asked nothing
            level.served = max(level.served, self._least())
        if not level.put(flow.key, waiting):
            raise too_many()
        self._turn_soon()
        try:
            async with asyncio.timeout(PATIENCE):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self.leave(flow)
            else:
                level.drop(flow.key, waiting)
            if isinstance(error, TimeoutError):
                raise too_many() from None
            raise

    def _least(self) -> float:
        return min((level.served for level in self.levels if level.waiting), default=0.0)

    def _begin(self, level: Level, width: int) -> None:
        level.begin(width)
        self._begun += width
        self._turn_soon()

    def _turn_soon(self) -> None:
        if not self._turning:
            self._turning = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        """A new turn of the loop: what came in meanwhile has been read."""
        self._turning, self._begun = False, 0
        while self._begun < TURN:
            level = self._next()
            if level is None:
                return
            turn, width = level.take()
            if not turn.done():
                self._begin(level, width)
                turn.set_result(None)

    def _next(self) -> Level | None:
        ready = [level for level in self.levels if level.can_go_on]
        return min(ready, key=lambda level: level.served, default=None)


def too_many() -> TooManyRequests:
    return TooManyRequests(BUSY, {"retryAfterSeconds": 1})
