"""Stored objects in protobuf: as a Go client gets them, and what is kept of them."""

from contextlib import aclosing

import msgspec
import pytest

from onggi.api.errors import StatusError
from onggi.api.http import Request
from onggi.apiserver.protobuf import records
from onggi.apiserver.protobuf.decode import all_of, only
from onggi.apiserver.protobuf.envelope import decode
from onggi.apiserver.wire import encoded
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.store.store import Key, record
from tests.apiserver.world import ADMIN, config_map

PROTOBUF = "application/vnd.kubernetes.protobuf"
BASE = "/api/v1/namespaces/default/configmaps"


async def spoken(server, method, path, body=b"", accept=f"{PROTOBUF},application/json", **query):
    """What a client of Go's reads: (status, object). A refusal is its Status."""
    request = Request(
        method=method,
        path=path,
        query={name: [value] for name, value in query.items()},
        headers={"accept": accept, "content-type": "application/json"},
        body=msgspec.json.encode(body) if body else b"",
        user=ADMIN,
    )
    try:
        answer = await server.handle(request)
        status, raw, media = answer.status, answer.body, answer.content_type
    except StatusError as refused:
        status, raw, media = refused.status_code, refused.status(), "application/json"
    if not isinstance(raw, bytes):
        raw, media = encoded(raw, media, request)
    if media != PROTOBUF:
        return status, media
    obj, unknown = decode(raw)
    assert unknown == []
    return status, obj


async def test_every_verb_answers_in_protobuf(running):
    status, made = await spoken(running, "POST", BASE, config_map("one"))
    assert (status, made["kind"], made["data"]) == (201, "ConfigMap", {"key": "value"})
    one = f"{BASE}/one"
    assert await spoken(running, "GET", one) == (200, made)
    made["data"]["key"] = "other"
    status, written = await spoken(running, "PUT", one, made)
    assert (status, written["data"]) == (200, {"key": "other"})
    _, listed = await spoken(running, "GET", BASE)
    kind = written.pop("kind")
    version = written.pop("apiVersion")
    assert (listed["kind"], listed["items"]) == ("ConfigMapList", [written])
    assert (kind, version) == ("ConfigMap", "v1")
    assert int(listed["metadata"]["resourceVersion"]) >= int(written["metadata"]["resourceVersion"])
    status, gone = await spoken(running, "DELETE", one)
    assert (status, gone["kind"], gone["status"]) == (200, "Status", "Success")
    status, refused = await spoken(running, "GET", one)
    assert (status, refused["reason"], refused["details"]["name"]) == (404, "NotFound", "one")


async def test_a_watch_is_frames_with_their_lengths(running):
    await spoken(running, "POST", BASE, config_map("one"))
    query = {"watch": ["1"], "sendInitialEvents": ["1"], "allowWatchBookmarks": ["1"]}
    query["resourceVersionMatch"] = ["NotOlderThan"]
    headers = {"accept": f"{PROTOBUF};stream=watch,{PROTOBUF}"}
    request = Request(method="GET", path=BASE, query=query, headers=headers, user=ADMIN)
    stream = await running.handle(request)
    assert stream.content_type == f"{PROTOBUF};stream=watch"
    async with aclosing(stream.frames) as frames:
        data = await anext(frames)
    found = []
    while data:
        size = int.from_bytes(data[:4])
        event = only(data[4 : 4 + size])
        obj, _ = decode(only(event[2])[1])
        found.append((event[1].decode(), obj["kind"], obj["metadata"].get("name")))
        data = data[4 + size :]
    assert found == [("ADDED", "ConfigMap", "one"), ("BOOKMARK", "ConfigMap", None)]


async def test_metadata_alone_and_tables(running):
    await spoken(running, "POST", BASE, config_map("one"))
    form = "g=meta.k8s.io;v=v1"
    accept = f"{PROTOBUF};as=PartialObjectMetadataList;{form},application/json"
    request = Request(method="GET", path=BASE, headers={"accept": accept}, user=ADMIN)
    answer = await running.handle(request)
    raw, media = encoded(answer.body, answer.content_type, request)
    assert media == PROTOBUF
    assert b"PartialObjectMetadataList" in raw
    assert len(all_of(only(raw[4:])[2])[2]) == 1
    accept = f"{PROTOBUF};as=Table;{form},application/json;as=Table;{form},application/json"
    assert await spoken(running, "GET", BASE, accept=accept) == (200, "application/json")
    assert (await spoken(running, "GET", BASE, accept=f"{PROTOBUF};as=Table;{form}"))[0] == 406


async def test_the_other_face_of_an_event_is_encoded_as_such(running):
    event = {
        "metadata": {"name": "e", "namespace": "default"},
        "involvedObject": {"namespace": "default", "kind": "Pod", "name": "a"},
        "reason": "Because",
    }
    await spoken(running, "POST", "/api/v1/namespaces/default/events", event)
    _, core = await spoken(running, "GET", "/api/v1/namespaces/default/events/e")
    _, other = await spoken(running, "GET", "/apis/events.k8s.io/v1/namespaces/default/events/e")
    assert core["involvedObject"] == other["regarding"]
    assert other["apiVersion"] == "events.k8s.io/v1"


@pytest.fixture
def stored():
    obj = {**config_map("one"), "data": {"k": "v" * 1000}}
    return [record(Key("configmaps", "default", f"c{n}"), n, obj) for n in range(1, 11)]


def test_what_was_encoded_is_kept_up_to_a_limit(stored, monkeypatch):
    one = records.weight(stored[0], records.message(CONFIGMAP, stored[0]))
    kept = records.Kept(limit=4 * one + 100)
    monkeypatch.setattr(records, "KEPT", kept)
    for found in stored:
        found.wire = None
        records.message(CONFIGMAP, found)
    have = [found for found in stored if found.wire is not None]
    assert len(have) == len(kept.records) == 4
    assert kept.size <= kept.limit
    assert records.message(CONFIGMAP, have[0]) is have[0].wire


def test_an_event_is_framed_once_for_all(stored):
    first = records.frame(CONFIGMAP, "ADDED", stored[0], shared=True)
    assert records.frame(CONFIGMAP, "ADDED", stored[0], shared=True) is first
    assert records.frame(CONFIGMAP, "MODIFIED", stored[0], shared=True) != first
    assert records.frame(CONFIGMAP, "ADDED", stored[0], shared=False) == first
