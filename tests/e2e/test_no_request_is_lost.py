"""The promise of the ingress: pods come and go under load, and no request fails."""

import asyncio
from typing import Any

import pytest

from tests.e2e.load import load
from tests.e2e.manifests import deployment, ingress, path, rule, server, service, spec
from tests.e2e.platform import Space
from tests.e2e.test_crashes import kill

# Ends as a careful server does: what was asked is answered, then the connection is closed.
GRACEFUL = """
import asyncio, os, signal
busy, ending = 0, False
writers = set()
async def serve(reader, writer):
    global busy
    writers.add(writer)
    try:
        while not ending:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            busy += 1
            await asyncio.sleep(0.02)
            body = f"{os.uname().nodename} {os.environ.get('ANSWER')}\\n".encode()
            close = "Connection: close\\r\\n" if ending else ""
            head = f"HTTP/1.1 200 OK\\r\\n{close}Content-Length: {len(body)}\\r\\n\\r\\n"
            writer.write(head.encode() + body)
            await writer.drain()
            busy -= 1
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writers.discard(writer)
        writer.close()
async def main():
    global ending
    server = await asyncio.start_server(serve, "0.0.0.0", 8080, backlog=128)
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    await told.wait()
    ending = True
    await asyncio.sleep(1)
    server.close()
    while busy:
        await asyncio.sleep(0.01)
    for writer in list(writers):
        writer.close()
asyncio.run(main())
"""
PRE_STOP = {"preStop": {"exec": {"command": ["sleep", "2"]}}}
KINDS: dict[str, dict[str, Any]] = {
    "a server that ends at once after a preStop sleep": {"lifecycle": PRE_STOP},
    "a server that ends gracefully": {"command": ["python3", "-c", GRACEFUL]},
}


@pytest.mark.parametrize("kind", KINDS)
async def test_rollouts_scaling_and_deletions(space: Space, kind: str) -> None:
    def wanted(answer: str, replicas: int = 3) -> dict[str, Any]:
        main = server(answer, **KINDS[kind])
        return deployment("web", spec(main, terminationGracePeriodSeconds=10), replicas)

    async def kubectl(*arguments: str) -> str:
        return await asyncio.to_thread(space.kubectl, *arguments)

    async def rolled() -> None:
        await kubectl("rollout", "status", "deploy/web", "--timeout=60s")

    host = f"{space.name}.example"
    await asyncio.to_thread(space.run, wanted("a"), service("web"))
    await asyncio.to_thread(space.apply, ingress("web", rule(host, path("web"))))
    url = f"http://127.0.0.1:{space.platform.http_port}/"
    await answering(url, host)
    async with load(url, host) as requests:
        await requests.more(200)
        for answer in "bc":
            await asyncio.to_thread(space.apply, wanted(answer))
            await rolled()
        for replicas in (1, 4):
            await kubectl("scale", "deploy/web", f"--replicas={replicas}")
            await rolled()
            await requests.more(300)
        names = (await kubectl("get", "pod", "-l", "app=web", "-o", "name")).split()
        await kubectl("delete", *names[:2])
        await rolled()
        await requests.more(300)
    assert requests.failures == []
    assert requests.count >= 1500
    assert len(requests.answers) >= 10


async def test_a_crash_of_onggi_and_its_return(space: Space) -> None:
    """Envoy, the kernel and the containers carry the traffic; Onggi only steers."""
    platform, host = space.platform, f"{space.name}.example"
    main = server(lifecycle=PRE_STOP)
    pods = deployment("web", spec(main, terminationGracePeriodSeconds=10), 2)
    await asyncio.to_thread(space.run, pods, service("web"))
    await asyncio.to_thread(space.apply, ingress("web", rule(host, path("web"))))
    url = f"http://127.0.0.1:{platform.http_port}/"
    await answering(url, host)
    async with load(url, host) as requests:
        await requests.more(200)
        kill(platform.pid)
        await requests.more(200)
        await asyncio.to_thread(platform.up)
        await requests.more(200)
        await asyncio.to_thread(space.kubectl, "rollout", "restart", "deploy/web")
        await asyncio.to_thread(space.kubectl, "rollout", "status", "deploy/web")
        await requests.more(200)
    assert requests.failures == []
    assert len(requests.answers) == 4


async def answering(url: str, host: str) -> None:
    """Until the route is there."""
    import aiohttp

    async with aiohttp.ClientSession() as session, asyncio.timeout(30):
        while True:
            async with session.get(url, headers={"Host": host}) as answer:
                if answer.status == 200:
                    return
            await asyncio.sleep(0.05)
