"""Watches: where they start, bookmarks, selectors, ends."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

import msgspec
import pytest

from onggi.api.http import Request, Stream
from onggi.apiserver.verbs import watch
from onggi.kinds.core.configmap import CONFIGMAP
from tests.apiserver.world import ADMIN, ask, config_map

BASE = "/api/v1/namespaces/default/configmaps"


async def opened(server, accept="", **query):
    query["watch"] = "true"
    asked = {name: [str(value)] for name, value in query.items()}
    headers = {"accept": accept} if accept else {}
    request = Request(method="GET", path=BASE, query=asked, headers=headers, user=ADMIN)
    stream = await server.handle(request)
    assert isinstance(stream, Stream)
    return stream


async def events(server, count, **options):
    """The first events as (type, object)."""
    found = []
    async with aclosing((await opened(server, **options)).frames) as frames:
        async with asyncio.timeout(5):
            async for frame in frames:
                for line in frame.splitlines():
                    event = msgspec.json.decode(line)
                    found.append((event["type"], event["object"]))
                if len(found) >= count:
                    break
    return found


def names(found):
    return [(type_, obj["metadata"].get("name")) for type_, obj in found]


async def made(server, *wanted):
    for name in wanted:
        await ask(server, "POST", BASE, config_map(name))
    return server.app.backend.store.revision


@pytest.mark.parametrize("version", ["", "0"])
async def test_without_a_version_it_starts_with_what_is_there(running, version):
    await made(running, "a", "b")
    found = await events(running, 2, resourceVersion=version)
    assert names(found) == [("ADDED", "a"), ("ADDED", "b")]


async def test_a_long_start_comes_in_pieces(running, monkeypatch):
    monkeypatch.setattr(watch, "AT_ONCE", 2)
    await made(running, *"abcde")
    async with aclosing((await opened(running)).frames) as frames:
        found = [(await anext(frames)).count(b"\n") for _ in range(3)]
    assert found == [2, 2, 1]


async def test_from_a_version_it_goes_on_after_it(running):
    since = await made(running, "a")
    await made(running, "b")
    assert names(await events(running, 1, resourceVersion=since)) == [("ADDED", "b")]


async def test_initial_events_end_with_a_bookmark_that_says_so(running):
    await made(running, "a")
    found = await events(
        running,
        2,
        sendInitialEvents="true",
        resourceVersionMatch="NotOlderThan",
        allowWatchBookmarks="true",
    )
    assert names(found) == [("ADDED", "a"), ("BOOKMARK", None)]
    meta = found[1][1]["metadata"]
    assert meta["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert int(meta["resourceVersion"]) == running.app.backend.store.revision
    assert (found[1][1]["kind"], found[1][1]["apiVersion"]) == ("ConfigMap", "v1")


async def test_a_version_whose_history_is_gone_is_an_error_event(running):
    since = await made(running, "a")
    await made(running, "b")
    store = running.app.backend.store
    await store.compact(store.revision)
    [(type_, status)] = await events(running, 1, resourceVersion=since)
    assert type_ == "ERROR"
    assert (status["code"], status["reason"]) == (410, "Expired")
    assert status["message"].startswith(f"too old resource version: {since}")


async def test_a_version_that_is_still_to_come_is_an_error_event(running):
    [(type_, status)] = await events(running, 1, resourceVersion=10**9)
    assert (type_, status["code"]) == ("ERROR", 504)


async def test_it_ends_after_its_time(running):
    stream = await opened(running, timeoutSeconds=1)
    async with asyncio.timeout(5):
        assert [frame async for frame in stream.frames] == []


async def test_it_ends_when_the_store_closes(running):
    stream = await opened(running, resourceVersion="0")
    waiting = asyncio.ensure_future(anext(stream.frames, None))
    await asyncio.sleep(0)
    await running.app.backend.store.close()
    async with asyncio.timeout(5):
        assert await waiting is None


async def test_a_change_is_framed_once_for_all(running):
    since = await made(running, "a")
    await made(running, "b")
    one, other = [await opened(running, resourceVersion=since) for _ in range(2)]
    first, second = await anext(one.frames), await anext(other.frames)
    record = running.app.backend.store.list("configmaps")[-1]
    assert record.frame is not None
    assert first == second == record.frame
    await one.frames.aclose()
    await other.frames.aclose()


async def test_a_frame_says_what_the_event_is_to_this_watcher(running, cluster):
    await made(running, "a")
    obj = await cluster.patch(
        CONFIGMAP, {"metadata": {"namespace": "default", "name": "a"}}, {"data": {"x": "1"}}
    )
    since = int(obj["metadata"]["resourceVersion"]) - 1
    assert names(await events(running, 1, resourceVersion=since)) == [("MODIFIED", "a")]
    assert names(await events(running, 1)) == [("ADDED", "a")]
    assert names(await events(running, 1, resourceVersion=since)) == [("MODIFIED", "a")]


async def test_what_stops_to_match_goes_as_it_last_matched(running, cluster):
    since = await made(running, "a")
    target = {"metadata": {"namespace": "default", "name": "a"}}
    await cluster.patch(CONFIGMAP, target, {"metadata": {"labels": {"mine": "yes"}}})
    gone = await cluster.patch(CONFIGMAP, target, {"metadata": {"labels": None}})
    found = await events(running, 2, resourceVersion=since, labelSelector="mine=yes")
    assert names(found) == [("ADDED", "a"), ("DELETED", "a")]
    assert found[1][1]["metadata"]["labels"] == {"mine": "yes"}
    version = found[1][1]["metadata"]["resourceVersion"]
    assert version == gone["metadata"]["resourceVersion"]


async def test_one_name_can_be_watched(running):
    await made(running, "a", "b")
    assert names(await events(running, 1, fieldSelector="metadata.name=b")) == [("ADDED", "b")]


async def test_tables_have_their_columns_in_the_first_event_only(running):
    await made(running, "a", "b")
    found = await events(running, 2, accept="application/json;as=Table;v=v1;g=meta.k8s.io")
    assert [obj["kind"] for _, obj in found] == ["Table", "Table"]
    assert found[0][1]["columnDefinitions"][0]["name"] == "Name"
    assert found[1][1]["columnDefinitions"] is None
    assert found[1][1]["rows"][0]["cells"][0] == "b"


async def test_bookmarks_come_while_nothing_happens(running):
    backend = running.app.backend
    backend.config = replace(backend.config, bookmark_period=0.01)
    since = await made(running, "a")
    [(type_, obj)] = await events(running, 1, resourceVersion=since, allowWatchBookmarks="true")
    assert type_ == "BOOKMARK"
    assert int(obj["metadata"]["resourceVersion"]) >= since


async def test_bookmarks_come_whatever_happens_unseen(running):
    backend = running.app.backend
    backend.config = replace(backend.config, bookmark_period=0.01)
    since = await made(running, "a")
    query = {"resourceVersion": since, "allowWatchBookmarks": "1", "labelSelector": "no=such"}

    async def write():
        for number in range(50):
            await made(running, f"n{number}")
            await asyncio.sleep(0.001)

    async with asyncio.TaskGroup() as group:
        writing = group.create_task(write())
        [(type_, obj)] = await events(running, 1, **query)
        assert not writing.done()
    assert type_ == "BOOKMARK"
    assert int(obj["metadata"]["resourceVersion"]) >= since


async def test_a_bookmark_comes_shortly_before_the_end(running, monkeypatch):
    monkeypatch.setattr(watch, "BEFORE_END", 0.99)
    since = await made(running, "a")
    found = await events(running, 1, resourceVersion=since, allowWatchBookmarks=1, timeoutSeconds=1)
    assert [type_ for type_, _ in found] == ["BOOKMARK"]
