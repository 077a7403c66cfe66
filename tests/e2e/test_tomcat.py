"""The example that the README begins with: Tomcat behind a URL, its sessions, its rollouts."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise

import aiohttp
import pytest

from tests.e2e.conftest import CACHE
from tests.e2e.load import load
from tests.e2e.platform import EXAMPLES, Space, bring
from tests.e2e.test_ingress import ask, eventually

PAUSE = 0.05  # seconds between a visitor's requests
MOST = 3000  # requests of a visitor
WAIT = 8.0  # seconds; Tomcat waits 5 where it sends sessions to a pod that is gone, which is
# rare since pods say when they go, but not impossible on a machine that is busy with other tests


@pytest.fixture
def tomcat(space: Space) -> Iterator[Space]:
    """The manifests as they are, in a namespace of their own; three pods are ready."""
    bring(space.platform, "tomcat", CACHE)
    space.kubectl("apply", "-f", str(EXAMPLES / "tomcat" / "manifests"))
    space.kubectl("rollout", "status", "deploy/tomcat", "--timeout=120s", within=150)
    eventually(lambda: ask(space, "any.example")[0], 200)
    yield space
    space.kubectl("delete", "ingress", "tomcat")
    eventually(lambda: ask(space, "any.example")[0], 404)


@dataclass
class Visitor:
    """Somebody who comes back with his cookie. ``seen`` are the facts of each answer,
    ``slowest`` is the longest that one took, in seconds."""

    url: str
    seen: list[dict[str, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    slowest: float = 0
    leaving: bool = False

    async def visit(self) -> None:
        jar = aiohttp.CookieJar(unsafe=True)  # takes cookies of addresses, too
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            while not self.leaving and len(self.seen) < MOST:
                await self._once(session)
                await asyncio.sleep(PAUSE)

    async def _once(self, session: aiohttp.ClientSession) -> None:
        begun = time.monotonic()
        try:
            async with session.get(self.url, headers={"Accept": "text/plain"}) as answer:
                text = await answer.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            self.failures.append(repr(error))
            return
        self.slowest = max(self.slowest, time.monotonic() - begun)
        if answer.status == 200:
            self.seen.append(dict(line.split(": ", 1) for line in text.splitlines()))
        else:
            self.failures.append(f"{answer.status}: {text[:200]}")

    async def visits(self, more: int) -> None:
        target = min(len(self.seen) + more, MOST)
        async with asyncio.timeout(60):
            while len(self.seen) < target:  # noqa: ASYNC110
                await asyncio.sleep(PAUSE)


@asynccontextmanager
async def visiting(space: Space) -> AsyncIterator[Visitor]:
    visitor = Visitor(f"http://127.0.0.1:{space.platform.http_port}/")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(visitor.visit())
        try:
            yield visitor
        finally:
            visitor.leaving = True


async def test_a_session_outlives_a_rollout_under_load_and_the_settings_follow(
    tomcat: Space,
) -> None:
    async def kubectl(*arguments: str) -> str:
        return await asyncio.to_thread(tomcat.kubectl, *arguments, within=150)

    async with visiting(tomcat) as visitor, load(visitor.url, "any.example") as strangers:
        await visitor.visits(30)
        patch = '{"data":{"message":"Another hello"}}'
        await kubectl("patch", "configmap/tomcat", "-p", patch)
        await kubectl("rollout", "restart", "deploy/tomcat")
        await kubectl("rollout", "status", "deploy/tomcat", "--timeout=120s")
        by_age = ("--sort-by", ".metadata.creationTimestamp", "-o", "name")
        [*_, victim] = (await kubectl("get", "pod", "-l", "app=tomcat", *by_age)).split()
        await kubectl("delete", victim)
        await kubectl("rollout", "status", "deploy/tomcat", "--timeout=120s")
        await visitor.visits(30)
    assert visitor.failures == strangers.failures == []
    assert visitor.slowest < WAIT
    assert strangers.count >= 300
    assert len({facts["session"] for facts in visitor.seen}) == 1
    numbers = [int(facts["visits"]) for facts in visitor.seen]
    steps = [(b["pod"], a["visits"], b["visits"]) for a, b in pairwise(visitor.seen)]
    assert [s for s in steps if int(s[2]) != int(s[1]) + 1] == []
    assert numbers == list(range(1, len(numbers) + 1))
    assert len({facts["pod"] for facts in visitor.seen}) >= 6
    assert visitor.seen[0]["message"] == "Hello from a jar on the terrace"
    assert visitor.seen[-1]["message"] == "Another hello"
