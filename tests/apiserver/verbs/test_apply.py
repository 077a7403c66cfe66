import pytest

from onggi.client.cluster import MERGE
from tests.apiserver.world import ask

APPLY = "application/apply-patch+yaml"
MAPS = "/api/v1/namespaces/default/configmaps"
ONE = f"{MAPS}/one"
WEB = "/apis/apps/v1/namespaces/default/deployments/web"


def config_map(name="one", **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def deployment(replicas=None, image="a:1", **more):
    spec = {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": image}]},
        },
        **({} if replicas is None else {"replicas": replicas}),
    }
    meta = {"name": "web"}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": spec, **more}


async def apply(running, url, config, manager="me", *, query=""):
    return await ask(
        running, "PATCH", f"{url}?fieldManager={manager}{query}", config, content_type=APPLY
    )


async def patch(running, url, changes, **headers):
    return await ask(running, "PATCH", url, changes, content_type=MERGE, **headers)


def entries(obj):
    return [
        (e["manager"], e["operation"], e.get("subresource", ""))
        for e in obj["metadata"].get("managedFields", ())
    ]


async def test_applying_creates_and_then_changes(running):
    code, made = await apply(running, ONE, config_map(a="1"))
    assert code == 201
    assert entries(made) == [("me", "Apply", "")]
    code, changed = await apply(running, ONE, config_map(b="2"))
    assert (code, changed["data"]) == (200, {"b": "2"})


async def test_applying_again_writes_nothing(running):
    _, made = await apply(running, ONE, config_map(a="1"))
    assert await apply(running, ONE, config_map(a="1")) == (200, made)


async def test_yaml_is_taken_and_keys_that_stand_twice_are_told(running):
    text = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {a: '1'}\ndata: {b: '2'}"
    url = f"{ONE}?fieldManager=me"
    code, made = await ask(running, "PATCH", url, text, content_type=APPLY)
    assert (code, made["data"]) == (201, {"b": "2"})
    strict = f"{url}&fieldValidation=Strict"
    code, body = await ask(running, "PATCH", strict, text, content_type=APPLY)
    assert code == 400
    assert body["message"].startswith("error strict decoding patch: error converting YAML to JSON")
    assert 'line 5: key "data" already set in map' in body["message"]


async def test_a_conflict_names_the_others_and_force_overcomes_it(running):
    await apply(running, WEB, deployment(2))
    await patch(running, WEB, {"spec": {"replicas": 3}}, user_agent="kubectl/v1")
    code, body = await apply(running, WEB, deployment(4))
    assert (code, body["reason"]) == (409, "Conflict")
    assert body["message"] == (
        'Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas'
    )
    assert body["details"]["causes"][0]["reason"] == "FieldManagerConflict"
    code, forced = await apply(running, WEB, deployment(4), query="&force=true")
    assert (code, forced["spec"]["replicas"], forced["metadata"]["generation"]) == (200, 4, 3)
    assert entries(forced) == [("me", "Apply", "")]


async def test_a_default_returns_where_a_field_is_withdrawn(running):
    await apply(running, WEB, deployment(2))
    _, left = await apply(running, WEB, deployment())
    assert left["spec"]["replicas"] == 1


@pytest.mark.parametrize(
    ("config", "code", "message"),
    [
        ({"kind": "ConfigMap"}, 400, "invalid object type: /, Kind=ConfigMap"),
        (config_map() | {"apiVersion": "v2"}, 400, "invalid object type: /v2, Kind=ConfigMap"),
        (config_map() | {"kind": "Secret"}, 400, "invalid object type: /v1, Kind=Secret"),
        (
            config_map() | {"foo": 1},
            400,
            "failed to create typed patch object (/one; /v1, Kind=ConfigMap): "
            ".foo: field not declared in schema",
        ),
        (config_map("two"), 400, "the name of the object (two) does not match the name on"),
        ([], 400, "error decoding patch: error unmarshaling JSON: while decoding JSON: json: "),
        (b"a: [", 400, "error decoding patch: error converting YAML to JSON: yaml: line 1: "),
        (
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"managedFields": []}},
            400,
            "metadata.managedFields must be nil",
        ),
    ],
)
async def test_what_cannot_be_applied_is_refused(running, config, code, message):
    found, body = await apply(running, ONE, config)
    assert (found, body["message"][: len(message)]) == (code, message)


async def test_an_applier_has_a_name(running):
    code, body = await apply(running, ONE, config_map(), "")
    assert code == 422
    assert body["message"] == (
        'PatchOptions.meta.k8s.io "" is invalid: '
        "fieldManager: Required value: is required for apply patch"
    )


async def test_a_uid_that_is_not_there_is_not_created(running):
    config = config_map(a="1")
    config["metadata"]["uid"] = "abc"
    code, body = await apply(running, ONE, config)
    assert (code, body["reason"]) == (409, "Conflict")
    assert body["message"].endswith(
        "uid mismatch: the provided object specified uid abc, and no existing object was found"
    )


async def test_a_dry_run_writes_nothing(running):
    code, made = await apply(running, ONE, config_map(a="1"), query="&dryRun=All")
    assert (code, entries(made)) == (201, [("me", "Apply", "")])
    assert (await ask(running, "GET", ONE))[0] == 404


async def test_the_status_has_its_own_appliers(running):
    await apply(running, WEB, deployment(1))
    status = {"apiVersion": "apps/v1", "kind": "Deployment", "status": {"replicas": 3}}
    code, body = await apply(running, f"{WEB}/status", status, "ctl")
    assert (code, body["status"]["replicas"]) == (200, 3)
    assert set(entries(body)) == {("me", "Apply", ""), ("ctl", "Apply", "status")}
    _, main = await apply(running, WEB, deployment(1, status={"replicas": 9}))
    assert main["status"]["replicas"] == 3
    code, _ = await apply(running, f"{WEB}2/status", status, "ctl")
    assert code == 404


async def test_who_scales_owns_the_replicas_of_the_object(running):
    await apply(running, WEB, deployment(1))
    code, scale = await patch(
        running, f"{WEB}/scale", {"spec": {"replicas": 5}}, user_agent="kubectl/v1"
    )
    assert (code, scale["spec"]["replicas"]) == (200, 5)
    _, web = await ask(running, "GET", WEB)
    owners = {e["manager"]: e["fieldsV1"] for e in web["metadata"]["managedFields"]}
    assert owners["kubectl"] == {"f:spec": {"f:replicas": {}}}
    assert "f:replicas" not in owners["me"]["f:spec"]
    assert ("kubectl", "Update", "scale") in entries(web)
    code, body = await apply(running, WEB, deployment(1))
    assert body["message"].startswith(
        'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" '
        "using apps/v1: .spec.replicas"
    )


async def test_a_scale_can_be_applied(running):
    await apply(running, WEB, deployment(1))
    wanted = {
        "apiVersion": "autoscaling/v1",
        "kind": "Scale",
        "metadata": {"name": "web"},
        "spec": {"replicas": 4},
    }
    code, body = await apply(running, f"{WEB}/scale", wanted, "hpa")
    assert code == 409
    assert body["details"]["causes"][0]["field"] == ".spec.replicas"
    code, body = await apply(running, f"{WEB}/scale", wanted, "hpa", query="&force=true")
    assert (code, body["spec"]["replicas"]) == (200, 4)
    _, web = await ask(running, "GET", WEB)
    assert ("hpa", "Apply", "scale") in entries(web)
    assert web["spec"]["replicas"] == 4


async def test_every_write_is_tracked_and_none_that_changes_nothing(running):
    await ask(running, "POST", f"{MAPS}?fieldManager=maker", config_map(a="1"))
    _, changed = await patch(running, ONE, {"data": {"a": "2"}}, user_agent="curl/8.0")
    assert entries(changed) == [("curl", "Update", ""), ("maker", "Update", "")]
    assert await patch(running, ONE, {"data": {"a": "2"}}, user_agent="other/1") == (200, changed)
    again = {k: v for k, v in changed.items() if k != "status"}
    assert await ask(running, "PUT", ONE, again, user_agent="other/1") == (200, changed)


async def test_a_patch_may_say_who_owns_what(running):
    await apply(running, ONE, config_map(a="1"))
    steps = [{"op": "replace", "path": "/metadata/managedFields/0/manager", "value": "you"}]
    headers = {"content_type": "application/json-patch+json"}
    code, changed = await ask(running, "PATCH", ONE, steps, **headers)
    assert (code, entries(changed)) == (200, [("you", "Apply", "")])
    _, cleared = await patch(running, ONE, {"metadata": {"managedFields": []}})
    assert entries(cleared) == []


async def test_metadata_alone_shows_who_owns_it(running):
    await apply(running, ONE, config_map(a="1"))
    accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
    _, partial = await ask(running, "GET", ONE, accept=accept)
    assert entries(partial) == [("me", "Apply", "")]
