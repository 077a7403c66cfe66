import json
from typing import Any

import pytest

from onggi.api.errors import NoSuchPath, NotAcceptable
from onggi.api.http import Request, Response, User
from onggi.apiserver import schemas
from onggi.apiserver.openapi import OpenAPI
from onggi.apiserver.openapi_page import openapi_page
from onggi.kinds import BUILTIN

OPENAPI = OpenAPI(lambda: BUILTIN, schemas.described)
PAGE = openapi_page(OPENAPI)
APPS = "apis/apps/v1"


async def get(path: str, hash: str = "", **headers: str) -> Response:
    query = {"hash": [hash]} if hash else {}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request(method="GET", path=path, query=query, headers=named)
    return await PAGE(request, User("someone"))


def body(response: Response) -> Any:
    assert isinstance(response.body, bytes)
    return json.loads(response.body)


async def test_documents_are_found_by_their_paths() -> None:
    assert APPS in body(await get("/openapi/v3"))["paths"]
    assert body(await get(f"/openapi/v3/{APPS}"))["openapi"] == "3.0.0"
    assert body(await get("/openapi/v2"))["swagger"] == "2.0"


async def test_what_is_named_by_its_hash_may_be_cached_for_ever() -> None:
    plain = await get(f"/openapi/v3/{APPS}")
    assert "Cache-Control" not in plain.headers
    hashed = await get(f"/openapi/v3/{APPS}", OPENAPI.etag(APPS))
    assert hashed.headers["Cache-Control"] == "public, immutable"


async def test_an_old_hash_leads_to_the_new_one() -> None:
    moved = await get(f"/openapi/v3/{APPS}", "OLD")
    assert moved.status == 301
    assert moved.headers["Location"] == f"/openapi/v3/{APPS}?hash={OPENAPI.etag(APPS)}"


async def test_what_a_client_has_is_not_sent_again() -> None:
    first = await get("/openapi/v2")
    again = await get("/openapi/v2", if_none_match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")


PROTOBUF = "application/com.github.proto-openapi.spec.{}@v1.0+protobuf"


async def test_the_protobuf_form_is_for_v2_only() -> None:
    answer = await get("/openapi/v2", accept=PROTOBUF.format("v2"))
    assert answer.content_type == "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
    assert answer.body == OPENAPI.v2_protobuf()
    assert answer.headers["ETag"] != (await get("/openapi/v2")).headers["ETag"]
    with pytest.raises(NotAcceptable):
        await get("/openapi/v3", accept=PROTOBUF.format("v3"))


async def test_who_prefers_json_gets_json() -> None:
    both = f"application/json, {PROTOBUF.format('v2')}"
    assert body(await get("/openapi/v2", accept=both))["swagger"] == "2.0"


@pytest.mark.parametrize("path", ["/openapi/v1", "/openapi/v3/apis/apps/v2", "/openapi/v2/x"])
async def test_there_is_nothing_else(path: str) -> None:
    with pytest.raises(NoSuchPath):
        await get(path)
