"""Health checks."""

import pytest

from tests.apiserver.world import ask, server


@pytest.mark.parametrize("name", ["healthz", "livez", "readyz"])
async def test_a_running_server_is_well(running, name):
    assert await ask(running, "GET", f"/{name}") == (200, "ok")
    _, text = await ask(running, "GET", f"/{name}?verbose")
    assert text.splitlines()[0] == "[+]ping ok"
    assert text.endswith(f"{name} check passed\n")


async def test_checks_can_be_asked_for_one_by_one(running):
    assert await ask(running, "GET", "/readyz/etcd") == (200, "ok")
    assert (await ask(running, "GET", "/readyz/nothing"))[0] == 404


async def test_before_everything_is_in_place_it_is_not_ready():
    code, text = await ask(server(), "GET", "/readyz")
    assert code == 500
    assert "[-]poststarthook/rbac/bootstrap-roles failed: reason withheld" in text
    code, _ = await ask(server(), "GET", "/readyz/ping")
    assert code == 200


async def test_a_store_that_is_closed_is_told(running):
    await running.app.backend.store.close()
    code, text = await ask(running, "GET", "/livez")
    assert code == 500
    assert "[-]etcd failed" in text
    assert (await ask(running, "GET", "/livez?exclude=etcd"))[0] == 200


async def test_what_is_left_out_is_said(running):
    _, text = await ask(running, "GET", "/readyz?verbose&exclude=etcd&exclude=nothing")
    assert "[+]etcd excluded: ok\n" in text
    assert 'cannot be excluded: no matches for "nothing"\n' in text


async def test_a_server_that_stops_lives_but_is_not_ready(running):
    running.health.ready = False
    code, text = await ask(running, "GET", "/readyz")
    assert code == 500
    assert "[-]shutdown failed: reason withheld\n" in text
    assert (await ask(running, "GET", "/livez"))[0] == 200
    code, text = await ask(running, "GET", "/readyz/shutdown")
    assert (code, text) == (500, "internal server error: process is shutting down\n")


async def test_the_index_names_each_check(running):
    _, body = await ask(running, "GET", "/")
    assert {"/livez/etcd", "/readyz/shutdown", "/healthz/ping"} <= set(body["paths"])
