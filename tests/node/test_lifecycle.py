"""Hooks."""

import pytest

from onggi.node.checks import Checker, Subject
from onggi.node.fake import FakeRuntime
from onggi.node.lifecycle import HookFailed, run_hook
from tests.node.test_checks import closed_port, serving
from tests.suites.runtime import Lab

POD = {"metadata": {"name": "web", "namespace": "a", "uid": "u"}}


@pytest.fixture
async def hook():
    lab = Lab(FakeRuntime(images=["i"]), "i", "/logs")
    id = await lab.run("sleep", "100")
    checker = Checker(lab.runtime)
    subject = Subject(POD, {"name": "c"}, id, "127.0.0.1")
    yield lambda handler: run_hook(checker, subject, handler)
    await checker.close()


async def test_a_command_that_fails_is_told_in_full(hook):
    await hook({"exec": {"command": ["true"]}})
    with pytest.raises(HookFailed) as failed:
        await hook({"exec": {"command": ["sh", "-c", "exit 3"]}})
    assert str(failed.value) == (
        'Exec lifecycle hook ([sh -c exit 3]) for Container "c" in Pod "web_a(u)" failed - '
        "error: command 'sh -c exit 3' exited with 3: , message: \"\""
    )


@pytest.mark.looptime
async def test_a_sleep_sleeps(hook, looptime):
    await hook({"sleep": {"seconds": 20}})
    assert looptime == pytest.approx(20, abs=0.1)


async def test_any_answer_over_http_will_do(hook):
    from aiohttp import web

    asked = []

    async def answer(request):
        asked.append(request.headers["User-Agent"])
        return web.Response(status=500)

    async with serving(answer) as port:
        await hook({"httpGet": {"port": port, "path": "/stop"}})
    assert asked == ["kube-lifecycle/1.37"]


async def test_no_answer_is_a_failure(hook):
    with pytest.raises(HookFailed, match="connection refused"):
        await hook({"httpGet": {"port": closed_port()}})


async def test_a_port_without_a_number_is_a_failure(hook):
    with pytest.raises(HookFailed, match="couldn't find port: x"):
        await hook({"httpGet": {"port": "x"}})
