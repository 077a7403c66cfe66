"""Patches."""

import pytest

from onggi.api.http import Request
from tests.apiserver.world import ADMIN, ask, config_map, pod

BASE = "/api/v1/namespaces/default/configmaps"
ONE = f"{BASE}/one"
MERGE = "application/merge-patch+json"
JSON = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"


@pytest.fixture
async def one(running):
    return (await ask(running, "POST", BASE, config_map()))[1]


async def test_a_merge_patch(running, one):
    code, body = await ask(running, "PATCH", ONE, {"data": {"a": "1"}}, content_type=MERGE)
    assert (code, body["data"]) == (200, {"key": "value", "a": "1"})


async def test_a_json_patch(running, one):
    change = [{"op": "remove", "path": "/data/key"}]
    code, body = await ask(running, "PATCH", ONE, change, content_type=JSON)
    assert code == 200
    assert "data" not in body
    change = [{"op": "test", "path": "/data/key", "value": "x"}]
    code, body = await ask(running, "PATCH", ONE, change, content_type=JSON)
    assert code == 422


async def test_a_strategic_patch(running, cluster):
    url = "/api/v1/namespaces/default/pods"
    await ask(running, "POST", url, pod())
    change = {"spec": {"containers": [{"name": "main", "image": "example.com/app:2"}]}}
    code, body = await ask(running, "PATCH", f"{url}/web", change, content_type=STRATEGIC)
    assert code == 200
    assert body["spec"]["containers"][0]["image"] == "example.com/app:2"
    assert body["spec"]["containers"][0]["volumeMounts"]
    assert body["metadata"]["generation"] == 2


async def test_apply_in_cbor_is_refused_clearly(running, one):
    code, body = await ask(
        running,
        *("PATCH", f"{ONE}?force=false&fieldManager=kubectl", b"data: {}"),
        content_type="application/apply-patch+cbor",
    )
    assert code == 415
    assert body["message"].endswith("application/apply-patch+yaml")


async def test_what_is_no_patch_is_refused(running, one):
    assert (await ask(running, "PATCH", ONE, b"{}", content_type="text/plain"))[0] == 415
    assert (await ask(running, "PATCH", ONE, b"{", content_type=MERGE))[0] == 400
    assert (await ask(running, "PATCH", ONE, b"[]", content_type=MERGE))[0] == 400
    assert (await ask(running, "PATCH", ONE, b"{}", content_type=JSON))[0] == 400


async def test_an_empty_patch_writes_nothing(running, one):
    code, body = await ask(running, "PATCH", ONE, {}, content_type=MERGE)
    assert (code, body) == (200, one)


async def test_a_patch_of_nothing_is_not_found(running):
    assert (await ask(running, "PATCH", ONE, {}, content_type=MERGE))[0] == 404


async def test_a_patch_cannot_rename(running, one):
    change = {"metadata": {"name": "two"}}
    assert (await ask(running, "PATCH", ONE, change, content_type=MERGE))[0] == 400


async def test_a_stale_version_in_a_patch_is_a_conflict(running, one):
    change = {"metadata": {"resourceVersion": "1"}, "data": {"a": "b"}}
    assert (await ask(running, "PATCH", ONE, change, content_type=MERGE))[0] == 409


async def warned(running, media, body):
    request = Request(
        method="PATCH", path=ONE, headers={"content-type": media}, body=body, user=ADMIN
    )
    return (await running.handle(request)).headers["Warning"]


async def test_unknown_fields_of_a_patch_warn(running, one):
    assert await warned(running, MERGE, b'{"nope": 1}') == '299 - "unknown field \\"nope\\""'


@pytest.mark.parametrize(
    ("media", "document", "why"),
    [
        (MERGE, b'{"data": {"a": "1", "a": "2"}}', 'duplicate field "data.a"'),
        (STRATEGIC, b'{"data": {"a": "1", "a": "2"}}', 'duplicate field "data.a"'),
        (
            JSON,
            b'[{"op": "add", "path": "/data/a", "value": "1", "foo": 1}]',
            'json patch unknown field "[0].foo"',
        ),
        (
            JSON,
            b'[{"op": "add", "path": "/x", "path": "/data/a", "value": "1"}]',
            'json patch duplicate field "[0].path"',
        ),
    ],
)
async def test_the_document_is_read_strictly(running, one, media, document, why):
    strict = f"{ONE}?fieldValidation=Strict"
    code, body = await ask(running, "PATCH", strict, document, content_type=media)
    assert code == 422
    assert body["message"].startswith(' "" is invalid: patch: Invalid value: "')
    assert body["message"].endswith(f'": strict decoding error: {why}')
    assert why.replace('"', '\\"') in await warned(running, media, document)


@pytest.mark.parametrize(
    ("media", "document", "shown"),
    [
        (MERGE, {"data": {"key": 1}}, '{\\"metadata\\":{\\"name\\":\\"one\\"'),
        (STRATEGIC, {"data": {"key": 1}}, "map[data:map[key:1]]"),
        (JSON, [{"op": "replace", "path": "/data/key", "value": 1}], "{"),
    ],
)
async def test_a_result_that_does_not_decode_is_invalid(running, one, media, document, shown):
    code, body = await ask(running, "PATCH", ONE, document, content_type=media)
    assert (code, body["reason"]) == (422, "Invalid")
    assert body["message"].startswith(f' "" is invalid: patch: Invalid value: "{shown}')
    assert "json: cannot unmarshal number into Go struct field" in body["message"]
    assert body["details"]["causes"][0]["field"] == "patch"


async def test_the_result_is_checked(running, one):
    change = {"metadata": {"labels": {"bad key": "x"}}}
    code, body = await ask(running, "PATCH", ONE, change, content_type=MERGE)
    assert (code, body["reason"]) == (422, "Invalid")
