"""A webhook that does everything wrong: what the user reads, and that nobody waits for ever."""

import asyncio
from base64 import b64encode

import pytest
from aiohttp import web

from onggi.apiserver.webhooks import client
from tests.apiserver.webhooks import server
from tests.apiserver.webhooks.server import configuration
from tests.apiserver.world import ask, config_map

WEBHOOKS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
MAPS = "/api/v1/namespaces/default/configmaps"
FAILED = 'Internal error occurred: failed calling webhook "h0.checks.example.com": '
CALL = f"{FAILED}failed to call webhook: "


async def refused(running, where, **fields):
    await ask(running, "POST", WEBHOOKS, configuration("checks", where, **fields))
    code, body = await ask(running, "POST", MAPS, config_map())
    assert code == 500, body
    assert body["reason"] == "InternalError"
    return body["message"]


async def with_answer(running, authority, respond, **fields):
    async with server.hook(authority, respond) as hook:
        message = await refused(running, hook.client, **fields)
        return message.replace(str(hook.port), "PORT")


async def test_nobody_there(running, hook):
    where = {**hook.client, "url": "https://127.0.0.1:1/check"}
    assert await refused(running, where) == (
        f'{CALL}Post "https://127.0.0.1:1/check?timeout=10s": '
        "dial tcp 127.0.0.1:1: connect: connection refused"
    )


async def test_an_answer_that_does_not_come_in_time_is_a_failure(running, authority):
    async def respond(http):
        await asyncio.sleep(30)

    found = await with_answer(running, authority, respond, timeoutSeconds=1)
    assert found == (
        f'{CALL}Post "https://localhost:PORT/check?timeout=1s": context deadline exceeded'
    )


async def test_an_end_without_an_answer(running, authority):
    async def respond(http):
        http.transport.close()

    found = await with_answer(running, authority, respond)
    assert found == f'{CALL}Post "https://localhost:PORT/check?timeout=10s": EOF'


async def test_no_json(running, authority):
    async def respond(http):
        return web.Response(text="<html>")

    found = await with_answer(running, authority, respond)
    assert found.startswith(f"{FAILED}received invalid webhook response: couldn't get version/kind")


async def test_no_review(running, authority):
    async def respond(http):
        return web.json_response({})

    found = await with_answer(running, authority, respond)
    assert found == f"{FAILED}received invalid webhook response: webhook response was absent"


async def test_another_uid(running, authority):
    async def respond(http):
        return web.json_response({"response": {"uid": "x", "allowed": True}})

    found = await with_answer(running, authority, respond)
    assert 'received invalid webhook response: expected response.uid="' in found


async def test_an_error_status(running, authority):
    async def respond(http):
        return web.Response(status=500, text="no disk")

    found = await with_answer(running, authority, respond)
    assert found == (
        f'{CALL}an error on the server ("no disk") has prevented the request from succeeding'
    )


async def test_a_huge_answer(running, authority, monkeypatch):
    monkeypatch.setattr(client, "LONGEST", 1000)

    async def respond(http):
        return web.Response(text="x" * 5000)

    found = await with_answer(running, authority, respond)
    assert found.endswith("the answer is longer than 1000 bytes")


async def test_a_certificate_of_somebody_else(running, hook, tmp_path):
    other = b64encode(server.authority(tmp_path).trust.read_bytes()).decode()
    found = await refused(running, {**hook.client, "caBundle": other})
    assert found.endswith(
        "tls: failed to verify certificate: x509: certificate signed by unknown authority"
    )


async def test_a_certificate_for_another_name(running, hook):
    where = {**hook.client, "url": f"https://127.0.0.2:{hook.port}"}
    found = await refused(running, where)
    assert found.endswith("connection refused") or "certificate is not valid for" in found


async def test_a_bundle_that_is_none(running, hook):
    found = await refused(running, {**hook.client, "caBundle": b64encode(b"no").decode()})
    assert found.endswith("unable to load root certificates: unable to parse bytes as PEM block")


@pytest.mark.parametrize("policy", ["Fail", "Ignore"])
async def test_the_failure_policy_decides_what_a_failure_means(running, hook, policy):
    where = {**hook.client, "url": "https://127.0.0.1:1/check"}
    made = configuration("checks", where, failurePolicy=policy)
    await ask(running, "POST", WEBHOOKS, made)
    code, _ = await ask(running, "POST", MAPS, config_map())
    assert code == (201 if policy == "Ignore" else 500)


async def test_a_denial_counts_whatever_the_failure_policy(running, hook):
    await ask(running, "POST", WEBHOOKS, configuration("c", hook.client, failurePolicy="Ignore"))
    hook.answer = lambda request: {"allowed": False}
    assert (await ask(running, "POST", MAPS, config_map()))[0] == 400


async def test_a_connection_is_used_again(running, authority):
    seen = set()

    async def respond(http):
        seen.add(http.transport.get_extra_info("peername"))
        review = await http.json()
        response = {"uid": review["request"]["uid"], "allowed": True}
        return web.json_response({**review, "response": response})

    async with server.hook(authority, respond) as hook:
        await ask(running, "POST", WEBHOOKS, configuration("checks", hook.client))
        for name in ("a", "b", "c"):
            assert (await ask(running, "POST", MAPS, config_map(name)))[0] == 201
    assert len(seen) == 1


async def test_a_kept_connection_that_is_gone_is_no_failure(running, authority):
    closed = []

    async def respond(http):
        review = await http.json()
        if review["request"]["name"] == "b" and not closed:
            closed.append(True)
            http.transport.close()
            return None
        response = {"uid": review["request"]["uid"], "allowed": True}
        return web.json_response({**review, "response": response})

    async with server.hook(authority, respond) as hook:
        await ask(running, "POST", WEBHOOKS, configuration("checks", hook.client))
        for name in ("a", "b"):
            assert (await ask(running, "POST", MAPS, config_map(name)))[0] == 201
    assert closed


async def test_a_service_is_reached_through_its_endpoints(running, hook, monkeypatch):
    await service(running, hook.port)
    # A slice may not hold a loopback address, so that the test's server has to be put in.
    monkeypatch.setattr(
        "onggi.apiserver.webhooks.client.addresses",
        lambda lookup, where: [("127.0.0.1", found(lookup, where)[0][1])],
    )
    where = {
        "service": {"namespace": "tests", "name": "hook", "path": "/check"},
        "caBundle": hook.trust,
    }
    await ask(running, "POST", WEBHOOKS, configuration("checks", where))
    assert (await ask(running, "POST", MAPS, config_map()))[0] == 201
    assert len(hook.seen) == 1


async def test_a_service_without_endpoints_or_port_is_named(running, hook):
    where = {"service": {"namespace": "tests", "name": "hook"}, "caBundle": hook.trust}
    post = f'{CALL}Post "https://hook.tests.svc:443?timeout=10s": '
    assert await refused(running, where) == f'{post}services "hook" not found'
    await service(running, hook.port, ready=False)
    _, body = await ask(running, "POST", MAPS, config_map())
    assert body["message"] == f'{post}no endpoints available for service "hook"'


def found(lookup, where):
    from onggi.apiserver.webhooks.where import addresses

    return addresses(lookup, where)


async def service(running, port, ready=True):
    await ask(running, "POST", "/api/v1/namespaces", {"metadata": {"name": "tests"}})
    base = "/api/v1/namespaces/tests/services"
    made = {"metadata": {"name": "hook"}, "spec": {"ports": [{"port": 443}]}}
    assert (await ask(running, "POST", base, made))[0] == 201
    piece = {
        "metadata": {"name": "hook-1", "labels": {"kubernetes.io/service-name": "hook"}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.1.2.3"], "conditions": {"ready": ready}}],
        "ports": [{"name": "", "port": port, "protocol": "TCP"}],
    }
    slices = "/apis/discovery.k8s.io/v1/namespaces/tests/endpointslices"
    code, body = await ask(running, "POST", slices, piece)
    assert code == 201, body
