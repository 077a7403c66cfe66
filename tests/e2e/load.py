"""Bounded, steady load on the ingress, from which no request may be lost.

Half the workers keep their connection, half open one for each request, as clients do.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

WORKERS = 8
PAUSE = 0.02  # seconds between the requests of one worker
MOST = 40_000  # requests in all; then the load ends by itself
WITHIN = aiohttp.ClientTimeout(total=15)


@dataclass
class Load:
    """``failures`` says what went wrong, ``answers`` counts whom the answers came from."""

    url: str
    host: str
    answers: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    count: int = 0
    ending: bool = False

    async def work(self, keep: bool) -> None:
        connector = aiohttp.TCPConnector(force_close=not keep, limit=1)
        async with aiohttp.ClientSession(connector=connector, timeout=WITHIN) as session:
            while not self.ending and self.count < MOST:
                await self._ask(session)
                await asyncio.sleep(PAUSE)

    async def _ask(self, session: aiohttp.ClientSession) -> None:
        self.count += 1
        try:
            async with session.get(self.url, headers={"Host": self.host}) as answer:
                text = await answer.text()
                if answer.status == 200:
                    self.answers[text.split()[0]] += 1
                else:
                    self.failures.append(f"{answer.status}: {text[:200]}")
        except (aiohttp.ClientError, TimeoutError) as error:
            self.failures.append(repr(error))

    async def more(self, requests: int) -> None:
        """Until so many more were sent."""
        target = min(self.count + requests, MOST)
        async with asyncio.timeout(120):
            while self.count < target:  # noqa: ASYNC110
                await asyncio.sleep(PAUSE)


@asynccontextmanager
async def load(url: str, host: str) -> AsyncIterator[Load]:
    """Requests without end inside the block; all are answered when it is left."""
    running = Load(url, host)
    async with asyncio.TaskGroup() as tasks:
        for number in range(WORKERS):
            tasks.create_task(running.work(keep=number % 2 == 0))
        try:
            yield running
        finally:
            running.ending = True
