"""What is nested too deeply is refused by whoever reads it, and changes nothing."""

import msgspec
import pytest

from onggi.api.errors import BadRequest
from onggi.apiserver import depth
from tests.apiserver.test_server import api as api
from tests.apiserver.world import ask, config_map

BASE = "/api/v1/namespaces/default/configmaps"


def nested(levels):
    value = {}
    for _ in range(levels - 1):
        value = {"a": value} if levels % 2 else [value]
    return value


def test_a_limit_on_levels():
    depth.check(nested(depth.LIMIT))
    with pytest.raises(BadRequest, match="exceeded max depth"):
        depth.check(nested(depth.LIMIT + 1))


def test_few_brackets_cannot_be_deep():
    assert not depth.may_exceed(msgspec.json.encode(nested(depth.LIMIT)))
    assert depth.may_exceed(msgspec.json.encode(nested(depth.LIMIT + 1)))


@pytest.mark.parametrize("opening", [b'{"a":', b"[", b'{"metadata":{"annotations":{"a":{"a":'])
@pytest.mark.parametrize("media", ["application/json", "application/yaml"])
async def test_deep_bodies_are_bad_requests(api, opening, media):
    for levels in (300, 20_000 if media == "application/json" else 300):
        headers = {"Content-Type": media}
        async with api.post(BASE, data=opening * levels, headers=headers) as answer:
            assert answer.status == 400, await answer.text()
        data = opening * levels + b"1" + (b"}" if b"{" in opening else b"]") * levels
        async with api.post(BASE, data=data, headers=headers) as answer:
            assert answer.status == 400, await answer.text()


async def test_steps_cannot_nest_an_object_deeper(running):
    await ask(running, "POST", BASE, config_map("one"))
    steps = [{"op": "add", "path": "/x" * n, "value": {}} for n in range(1, 300)]
    headers = {"content_type": "application/json-patch+json"}
    code, body = await ask(running, "PATCH", f"{BASE}/one", steps, **headers)
    assert (code, body["reason"]) == (400, "BadRequest")
