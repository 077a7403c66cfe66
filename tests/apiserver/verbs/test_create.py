"""Creating: names, checks, warnings, dry runs."""

import pytest

from onggi.apiserver import names
from onggi.apiserver.verbs import create
from onggi.kinds.core.serviceaccount import SERVICEACCOUNT
from tests.apiserver.world import ask, config_map, pod

BASE = "/api/v1/namespaces/default/configmaps"
PODS = "/api/v1/namespaces/default/pods"


async def test_the_server_says_what_only_it_may_say(running):
    wanted = config_map()
    wanted["metadata"] |= {
        "uid": "mine",
        "resourceVersion": "77",
        "creationTimestamp": "2000-01-01T00:00:00Z",
        "deletionTimestamp": "2000-01-01T00:00:00Z",
        "managedFields": [{"manager": "m", "operation": "Update"}],
    }
    code, body = await ask(running, "POST", BASE, wanted)
    assert code == 201
    meta = body["metadata"]
    assert len(meta["uid"]) == 36
    assert meta["resourceVersion"] != "77"
    assert meta["creationTimestamp"] > "2026"
    assert "deletionTimestamp" not in meta
    assert [entry["manager"] for entry in meta["managedFields"]] == ["unknown"]


async def test_kind_and_version_may_be_left_out_but_not_be_wrong(running):
    code, body = await ask(running, "POST", BASE, config_map())
    assert (body["kind"], body["apiVersion"]) == ("ConfigMap", "v1")
    code, body = await ask(running, "POST", BASE, config_map("b", apiVersion="v2"))
    assert code == 400
    assert body["message"] == (
        "the API version in the data (v2) does not match the expected API version (v1)"
    )
    code, body = await ask(running, "POST", BASE, config_map("b", kind="Secret"))
    assert code == 400
    assert "cannot be handled as a ConfigMap" in body["message"]


async def test_the_namespace_is_that_of_the_path(running):
    wanted = config_map()
    wanted["metadata"]["namespace"] = "other"
    code, body = await ask(running, "POST", BASE, wanted)
    assert code == 400
    assert body["message"] == (
        "the namespace of the provided object does not match the namespace sent on the request"
    )


async def test_a_name_is_needed_and_checked(running):
    code, body = await ask(running, "POST", BASE, {"metadata": {}})
    assert code == 422
    assert "metadata.name: Required value: name or generateName is required" in body["message"]
    code, body = await ask(running, "POST", BASE, config_map("Not_A_Name"))
    assert code == 422
    assert body["details"]["causes"][0]["field"] == "metadata.name"


async def test_a_generated_name_that_is_taken_is_tried_again(running, monkeypatch):
    suffixes = iter(["aaaaa", "aaaaa", "bbbbb"])
    monkeypatch.setattr(names, "suffix", lambda: next(suffixes))
    wanted = {"metadata": {"generateName": "x-"}}
    made = [(await ask(running, "POST", BASE, wanted))[1] for _ in range(2)]
    assert [obj["metadata"]["name"] for obj in made] == ["x-aaaaa", "x-bbbbb"]


async def test_a_long_base_leaves_room_for_what_is_added(running):
    _, body = await ask(running, "POST", BASE, {"metadata": {"generateName": "x" * 100}})
    assert len(body["metadata"]["name"]) == 63


async def test_unknown_fields_warn_and_go(running):
    from onggi.api.http import Request
    from tests.apiserver.world import ADMIN

    body = b'{"metadata": {"name": "a"}, "data": {}, "spec": {"x": 1}, "data": {"k": "v"}}'
    request = Request(method="POST", path=BASE, body=body, user=ADMIN)
    answer = await running.handle(request)
    assert answer.headers["Warning"] == (
        '299 - "unknown field \\"spec\\"", 299 - "duplicate field \\"data\\""'
    )
    assert b"spec" not in answer.body


async def test_strict_refuses_and_ignore_is_silent(running):
    wanted = config_map(spec={"x": 1})
    code, body = await ask(running, "POST", f"{BASE}?fieldValidation=Strict", wanted)
    assert code == 400
    assert body["message"] == (
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: '
        'unknown field "spec"'
    )
    code, body = await ask(running, "POST", f"{BASE}?fieldValidation=Ignore", wanted)
    assert code == 201


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "unexpected end of JSON input"),
        (b'{"a": ', "unexpected end of JSON input"),
        (b'{"a": x}', "invalid character 'x' looking for beginning of value"),
        (b'{"a": 1', "unexpected end of JSON input"),
        (b"{'a': 1}", "invalid character '\\'' looking for beginning of object key string"),
        (b'{"a": 1,}', "invalid character '}' looking for beginning of object key string"),
        (b'{"a" 1}', "invalid character '1' after object key"),
        (b'{"a": 1 "b": 2}', "invalid character '\"' after object key:value pair"),
        (b'{"a": [1 2]}', "invalid character '2' after array element"),
        (b'{"a": 1} x', "invalid character 'x' after top-level value"),
        (b'{"a": "\\q"}', "invalid character 'q' in string escape code"),
        (b"[]", "json: cannot unmarshal array into Go value"),
    ],
)
async def test_broken_json_is_refused_in_upstreams_words(running, body, words):
    code, status = await ask(running, "POST", BASE, body)
    assert code == 400
    assert "couldn't get version/kind; json parse error" in status["message"]
    assert words in status["message"]


async def test_a_wrong_type_is_refused_with_its_place(running):
    wanted = pod(terminationGracePeriodSeconds="soon")
    code, body = await ask(running, "POST", PODS, wanted)
    assert code == 400
    assert "Pod in version" in body["message"]
    assert "terminationGracePeriodSeconds" in body["message"]


async def test_other_media_types_are_refused_with_those_that_are_understood(running):
    code, body = await ask(running, "POST", BASE, b"x", content_type="application/cbor")
    assert code == 415
    assert body["message"] == (
        "the body of the request was in an unknown format - accepted media types include: "
        "application/json, application/yaml, application/vnd.kubernetes.protobuf"
    )


async def test_yaml_is_understood(running):
    body = b"metadata:\n  name: a\ndata:\n  k: v\n"
    code, made = await ask(running, "POST", BASE, body, content_type="application/yaml")
    assert code == 201
    assert made["data"] == {"k": "v"}


async def test_a_dry_run_stores_nothing(running, cluster):
    code, body = await ask(running, "POST", f"{PODS}?dryRun=All", pod())
    assert code == 201
    assert "resourceVersion" not in body["metadata"]
    assert body["spec"]["serviceAccountName"] == "default"
    assert (await ask(running, "GET", f"{PODS}/web"))[0] == 404


async def test_a_dry_run_of_a_service_holds_no_address(running):
    url = "/api/v1/namespaces/default/services"
    wanted = {"metadata": {"name": "s"}, "spec": {"clusterIP": "10.96.5.5", "ports": [{"port": 1}]}}
    for _ in range(2):
        code, body = await ask(running, "POST", f"{url}?dryRun=All", wanted)
        assert (code, body["spec"]["clusterIP"]) == (201, "10.96.5.5")
    assert (await ask(running, "POST", url, wanted))[0] == 201


async def test_a_refused_object_leaves_nothing_behind(running):
    url = "/api/v1/namespaces/default/services"
    wrong = {"metadata": {"name": "s"}, "spec": {"clusterIP": "10.96.5.5", "ports": [{"port": 0}]}}
    assert (await ask(running, "POST", url, wrong))[0] == 422
    right = {"metadata": {"name": "s"}, "spec": {"clusterIP": "10.96.5.5", "ports": [{"port": 1}]}}
    assert (await ask(running, "POST", url, right))[0] == 201


async def test_what_exists_on_its_way_out_says_so(running):
    wanted = config_map()
    wanted["metadata"]["finalizers"] = ["a/b"]
    await ask(running, "POST", BASE, wanted)
    await ask(running, "DELETE", f"{BASE}/one")
    code, body = await ask(running, "POST", BASE, config_map())
    assert code == 409
    assert body["message"] == 'object is being deleted: configmaps "one" already exists'


async def test_one_cannot_post_to_a_name_or_to_all_namespaces(running):
    assert (await ask(running, "POST", f"{BASE}/one", config_map()))[0] == 405
    assert (await ask(running, "POST", "/api/v1/configmaps", config_map()))[0] == 405


async def test_a_pod_waits_a_little_for_its_service_account(running):
    import asyncio

    from tests.apiserver.world import client

    async def create_account():
        account = {"metadata": {"name": "default", "namespace": "default"}}
        await client(running).create(SERVICEACCOUNT, account)

    async with asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(ask(running, "POST", PODS, pod()))
        await asyncio.sleep(0)
        tasks.create_task(create_account())
    assert asked.result()[0] == 201


async def test_but_not_for_long(running, monkeypatch):
    monkeypatch.setattr(create, "PATIENCE", 0.01)
    code, body = await ask(running, "POST", PODS, pod())
    assert code == 403
    assert body["message"] == (
        'pods "web" is forbidden: error looking up service account default/default: '
        'serviceaccount "default" not found'
    )
