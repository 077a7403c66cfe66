"""Over the wire: TLS, client certificates, RBAC; and servers that are away or talk nonsense."""

import asyncio
import contextlib
import shutil

import pytest
from aiohttp import web

from onggi.api import errors
from onggi.client.cluster import Selection, reference
from onggi.client.http import Http, named, split
from onggi.client.kubeconfig import Endpoint
from onggi.config import Config
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.store.memory import MemoryStore
from onggi.up.control_plane import api_server
from tests.suites.cluster import ClusterSuite, config_map


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Keys take longer to make than all else: once for all."""
    return tmp_path_factory.mktemp("keys")


@contextlib.asynccontextmanager
async def served(directory, keys):
    if (keys / "pki").exists():
        shutil.copytree(keys / "pki", directory / "pki")
    config = Config(data=directory, node=False, api_port=0, node_name="here")
    async with api_server(config, MemoryStore()) as plane:
        if not (keys / "pki").exists():
            shutil.copytree(directory / "pki", keys / "pki")
        yield plane


class TestHttp(ClusterSuite):
    @pytest.fixture
    async def cluster(self, tmp_path, keys):
        async with served(tmp_path, keys) as plane, Http(plane.endpoint()) as client:
            yield client


async def test_a_long_list_comes_in_pages(tmp_path, keys, monkeypatch):
    monkeypatch.setattr("onggi.client.http.PAGE", 3)
    async with served(tmp_path, keys) as plane, Http(plane.endpoint()) as client:
        for number in range(10):
            await client.create(CONFIGMAP, config_map(f"c{number}"))
        listing = await client.list(CONFIGMAP, Selection(namespace="default"))
    assert [o["metadata"]["name"] for o in listing.items] == [f"c{n}" for n in range(10)]
    assert all(o["kind"] == "ConfigMap" for o in listing.items)


async def test_nobody_may_do_nothing(tmp_path, keys):
    async with served(tmp_path, keys) as plane:
        known = plane.endpoint()
        stranger = Endpoint(server=known.server, trust=known.trust, token="wrong")
        async with Http(stranger) as client:
            with pytest.raises(errors.Unauthorized):
                await client.get(CONFIGMAP, "default", "one")


async def test_a_server_that_is_away_is_unavailable():
    async with Http(Endpoint(server="http://127.0.0.1:9")) as client:
        with pytest.raises(errors.ServiceUnavailable, match=r"127\.0\.0\.1:9"):
            await client.list(CONFIGMAP)


@contextlib.asynccontextmanager
async def answering(respond):
    """A server that answers everything the same way."""
    runner = web.ServerRunner(web.Server(respond))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with Http(Endpoint(server=site.name)) as client:
            yield client
    finally:
        await runner.cleanup()


async def test_a_proxys_page_is_an_error_all_the_same():
    async def respond(request):
        return web.Response(status=502, text="<html>Bad gateway</html>")

    async with answering(respond) as client:
        with pytest.raises(errors.StatusError, match="Bad gateway") as refused:
            await client.delete(CONFIGMAP, reference("default", "one"))
    assert refused.value.status_code == 502


async def test_lines_may_be_long_and_arrive_in_pieces():
    async def respond(request):
        response = web.StreamResponse()
        await response.prepare(request)
        event = b'{"type":"ADDED","object":{"metadata":{"name":"x"},"data":{"k":"%s"}}}\n'
        for piece in (event[:10], event[10:] % (b"v" * 300_000), b"\n", event % b"w"):
            await response.write(piece)
            await asyncio.sleep(0)
        return response

    async with answering(respond) as client:
        found = [event.object async for event in client.watch(CONFIGMAP)]
    assert [len(obj["data"]["k"]) for obj in found] == [300_000, 1]
    assert found[0]["apiVersion"] == "v1"


async def test_an_error_in_a_watch_is_raised():
    async def respond(request):
        status = '{"kind":"Status","code":410,"reason":"Expired","message":"too old"}'
        return web.Response(text=f'{{"type":"ERROR","object":{status}}}\n')

    async with answering(respond) as client:
        with pytest.raises(errors.Expired):
            async for _ in client.watch(CONFIGMAP, since="1"):
                pass


def test_items_of_a_list_get_the_name_of_their_kind():
    assert named(CONFIGMAP, {"metadata": {}}) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {},
    }


def test_a_line_that_is_not_whole_waits_for_the_rest():
    whole, rest = split(b"one\n\ntwo\nthr")
    assert (list(whole), rest) == ([b"one", b"two"], b"thr")
