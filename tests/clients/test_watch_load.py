"""What k9s and its like do: a watch as a table of every kind there is, and lists over and over."""

import asyncio
import json
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import psutil
import pytest
import yaml

from tests.e2e.manifests import config_map
from tests.e2e.platform import Platform, Space

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
METADATA = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json"
ONE = METADATA.replace("MetadataList", "Metadata")  # as the events of a watch have it
ROUNDS = 3
QUIET = 2.0  # seconds to look
SPARE = 0.15  # of a core: two nodes' heartbeats, and slow machines


@pytest.fixture
async def http(platform: Platform, tmp_path: Any) -> AsyncIterator[aiohttp.ClientSession]:
    shown = yaml.safe_load(platform.kubectl("config", "view", "--raw", "--flatten"))
    user, cluster = shown["users"][0]["user"], shown["clusters"][0]["cluster"]
    pair = tmp_path / "pair"
    pair.write_bytes(
        b64decode(user["client-certificate-data"]) + b"\n" + b64decode(user["client-key-data"])
    )
    context = ssl.create_default_context(
        cadata=b64decode(cluster["certificate-authority-data"]).decode()
    )
    context.load_cert_chain(pair)
    connector = aiohttp.TCPConnector(ssl=context, limit=0)
    async with aiohttp.ClientSession(cluster["server"], connector=connector) as session:
        yield session


async def lists(http: aiohttp.ClientSession) -> list[str]:
    """The path of every kind that can be watched."""
    kinds = {"Accept": "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"}
    found = []
    for root in ("/api", "/apis"):
        async with http.get(root, headers=kinds) as answer:
            for group in (await answer.json())["items"]:
                for version in group["versions"]:
                    name = group["metadata"].get("name")
                    base = (
                        f"/apis/{name}/{version['version']}"
                        if name
                        else f"/api/{version['version']}"
                    )
                    found += [
                        f"{base}/{r['resource']}"
                        for r in version.get("resources", ())
                        if "watch" in r["verbs"]
                    ]
    return found


class Watches:
    """Thirty and more at once; ``events`` by path."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self.http, self.events = http, dict[str, list[Any]]()
        self.heard = asyncio.Event()

    async def follow(self, path: str, accept: str) -> None:
        seen = self.events.setdefault(path, [])
        wanted = {"watch": "1", "allowWatchBookmarks": "true", "sendInitialEvents": "true",
                  "resourceVersionMatch": "NotOlderThan"}  # fmt: skip
        async with self.http.get(path, params=wanted, headers={"Accept": accept}) as answer:
            assert answer.status == 200, (path, await answer.text())
            async for line in answer.content:
                seen.append(json.loads(line))
                self.heard.set()

    async def caught_up(self, name: str) -> None:
        """Every watch said something, and those of ConfigMaps told of the one in this namespace."""
        while not (all(self.events.values()) and self.have(name, "/api/v1/configmaps")):
            await self.heard.wait()
            self.heard.clear()

    def have(self, text: str, path: str) -> bool:
        return any(text in json.dumps(event) for event in self.events[path])


async def poll(http: aiohttp.ClientSession, path: str, accept: str) -> None:
    async with http.get(path, params={"limit": "500"}, headers={"Accept": accept}) as answer:
        body = await answer.json()
        assert answer.status == 200, (path, body)
        assert body["kind"] in ("Table", "PartialObjectMetadataList"), path


async def test_every_kind_watched_and_listed_at_once(
    http: aiohttp.ClientSession, space: Space
) -> None:
    paths = await lists(http)
    assert len(paths) > 40
    watches = Watches(http)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(watches.follow(p, a)) for p in paths for a in (TABLE, ONE)]
        for _ in range(ROUNDS):
            await asyncio.gather(*(poll(http, p, a) for p in paths for a in (TABLE, METADATA)))
        await asyncio.to_thread(space.apply, config_map("seen", a="1"))
        await asyncio.wait_for(watches.caught_up(space.name), 10)
        errors = [e for found in watches.events.values() for e in found if e["type"] == "ERROR"]
        assert errors == []
        server = psutil.Process(space.platform.pid)
        before = server.cpu_times()
        await asyncio.sleep(QUIET)
        after = server.cpu_times()
        for task in tasks:
            task.cancel()
    assert after.user + after.system - before.user - before.system < SPARE * QUIET
