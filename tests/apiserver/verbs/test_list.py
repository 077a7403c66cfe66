"""Lists: pages, versions, selectors."""

import pytest

from tests.apiserver.world import ask, config_map

BASE = "/api/v1/namespaces/default/configmaps"


@pytest.fixture
async def five(running):
    for name in "abcde":
        await ask(running, "POST", BASE, config_map(name))
    return running


def named(body):
    return [item["metadata"]["name"] for item in body["items"]]


async def test_an_empty_list_is_a_list(running):
    code, body = await ask(running, "GET", BASE)
    assert code == 200
    assert (body["kind"], body["apiVersion"], body["items"]) == ("ConfigMapList", "v1", [])


async def test_pages_show_one_moment_and_count_what_remains(five):
    _, first = await ask(five, "GET", f"{BASE}?limit=2")
    assert named(first) == ["a", "b"]
    assert first["metadata"]["remainingItemCount"] == 3
    await ask(five, "DELETE", f"{BASE}/c")
    await ask(five, "POST", BASE, config_map("bb"))
    _, second = await ask(five, "GET", f"{BASE}?limit=2&continue={first['metadata']['continue']}")
    assert named(second) == ["c", "d"]
    assert second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    _, last = await ask(five, "GET", f"{BASE}?limit=2&continue={second['metadata']['continue']}")
    assert named(last) == ["e"]
    assert "continue" not in last["metadata"]


async def test_a_page_that_is_exactly_full_is_the_last(five):
    _, body = await ask(five, "GET", f"{BASE}?limit=5")
    assert "continue" not in body["metadata"]


async def test_with_a_selector_nobody_counts_the_rest(five):
    _, body = await ask(five, "GET", f"{BASE}?limit=1&fieldSelector=metadata.name!=a")
    assert named(body) == ["b"]
    assert "remainingItemCount" not in body["metadata"]


async def test_a_token_whose_moment_is_gone_is_expired(five):
    _, first = await ask(five, "GET", f"{BASE}?limit=2")
    store = five.app.backend.store
    await ask(five, "POST", BASE, config_map("f"))
    await store.compact(store.revision)
    code, body = await ask(five, "GET", f"{BASE}?continue={first['metadata']['continue']}")
    assert (code, body["reason"]) == (410, "Expired")
    assert body["message"].startswith("The provided continue parameter is too old")
    rest = f"{BASE}?limit=3&continue={body['metadata']['continue']}"
    _, second = await ask(five, "GET", rest)
    assert named(second) == ["c", "d", "e"]
    assert second["metadata"]["resourceVersion"] == str(store.revision)
    _, last = await ask(five, "GET", f"{BASE}?continue={second['metadata']['continue']}")
    assert named(last) == ["f"]


async def test_a_moment_that_is_gone_cannot_be_listed(five):
    _, before = await ask(five, "GET", BASE)
    at = before["metadata"]["resourceVersion"]
    await ask(five, "DELETE", f"{BASE}/a")
    store = five.app.backend.store
    await store.compact(store.revision)
    code, body = await ask(five, "GET", f"{BASE}?resourceVersion={at}&resourceVersionMatch=Exact")
    assert (code, body["message"]) == (410, "The resourceVersion for the provided list is too old.")
    assert body["metadata"] == {}


@pytest.mark.parametrize("token", ["x", "e30", "e30=", "%00", "eyJ2IjoieCJ9"])
async def test_a_token_of_somebody_elses_making_is_refused(five, token):
    code, body = await ask(five, "GET", f"{BASE}?continue={token}")
    assert code == 400
    assert body["message"].startswith("invalid continue token: continue key is not valid")


async def test_a_list_may_be_of_an_earlier_moment(five):
    _, before = await ask(five, "GET", BASE)
    at = before["metadata"]["resourceVersion"]
    await ask(five, "DELETE", f"{BASE}/a")
    _, exact = await ask(five, "GET", f"{BASE}?resourceVersion={at}&resourceVersionMatch=Exact")
    assert named(exact) == list("abcde")
    _, newer = await ask(
        five, "GET", f"{BASE}?resourceVersion={at}&resourceVersionMatch=NotOlderThan"
    )
    assert named(newer) == list("bcde")


async def test_a_version_that_is_still_to_come_is_refused(five):
    code, body = await ask(five, "GET", f"{BASE}?resourceVersion=999999")
    assert code == 504
    assert body["details"]["causes"][0]["reason"] == "ResourceVersionTooLarge"
    assert body["message"].startswith("Timeout: Too large resource version: 999999, current: ")


async def test_fields_that_cannot_be_selected_are_refused(five):
    code, body = await ask(five, "GET", f"{BASE}?fieldSelector=data.key=value")
    assert code == 400
    assert '"data.key" is not a known field selector' in body["message"]
    code, _ = await ask(five, "GET", f"{BASE}?labelSelector=a=b=c")
    assert code == 400


async def test_kubectl_gets_a_table(five):
    accept = "application/json;as=Table;v=v1;g=meta.k8s.io"
    _, table = await ask(five, "GET", f"{BASE}?limit=2", accept=accept)
    assert table["kind"] == "Table"
    assert [row["cells"][0] for row in table["rows"]] == ["a", "b"]
    assert table["rows"][0]["object"]["kind"] == "PartialObjectMetadata"
    assert table["metadata"]["continue"]
    _, whole = await ask(five, "GET", f"{BASE}?includeObject=Object", accept=accept)
    assert whole["rows"][0]["object"]["data"] == {"key": "value"}


async def test_metadata_alone_is_listed(five):
    accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
    _, body = await ask(five, "GET", BASE, accept=accept)
    assert body["kind"] == "PartialObjectMetadataList"
    assert "data" not in body["items"][0]
    assert named(body) == list("abcde")
