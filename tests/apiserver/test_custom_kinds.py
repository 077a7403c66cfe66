"""Custom resources, from the write that establishes their definition on."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onggi.api.crd import kinds_of
from onggi.kinds.apiextensions.crd.kind import CRD
from onggi.store.memory import MemoryStore
from tests.apiserver.crds import PATH, crontab, definition, establish, version
from tests.apiserver.world import ask, client, server

SCALE = {
    "specReplicasPath": ".spec.replicas",
    "statusReplicasPath": ".status.replicas",
    "labelSelectorPath": ".status.selector",
}
COLUMNS = [
    {"name": "Cron", "type": "string", "jsonPath": ".spec.cron"},
    {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
]


async def test_a_definition_leaves_out_what_go_leaves_out(running):
    schema = {"type": "object", "nullable": False, "title": "", "x-kubernetes-int-or-string": False}
    sent = definition(version(schema=schema, deprecated=False), preserveUnknownFields=False)
    made = await establish(running, sent)
    assert "preserveUnknownFields" not in made["spec"]
    assert "deprecated" not in made["spec"]["versions"][0]
    assert made["spec"]["versions"][0]["schema"] == {"openAPIV3Schema": {"type": "object"}}


async def test_it_is_served_once_it_is_established(running):
    assert (await ask(running, "GET", PATH))[0] == 404
    await establish(running, definition())
    assert (await ask(running, "GET", PATH))[0] == 200


async def test_a_custom_resource_is_pruned_defaulted_and_counted(running):
    await establish(running, definition())
    code, made = await ask(running, "POST", PATH, crontab(foo=1, any={"x": 1}))
    assert code == 201
    assert made["spec"] == {"cron": "* * * * *", "image": "nginx", "any": {"x": 1}}
    assert made["metadata"]["generation"] == 1
    made["spec"]["image"] = "other"
    code, made = await ask(running, "PUT", f"{PATH}/one", made)
    assert (code, made["metadata"]["generation"]) == (200, 2)


async def test_an_update_without_a_version_is_refused(running):
    await establish(running, definition())
    await ask(running, "POST", PATH, crontab())
    code, said = await ask(running, "PUT", f"{PATH}/one", crontab())
    assert code == 422
    assert "metadata.resourceVersion: Invalid value: 0: must be specified" in said["message"]


async def test_unknown_fields_are_told_as_the_client_wants(running):
    await establish(running, definition())
    sent = {**crontab(foo=1), "bar": 2}
    code, said = await ask(running, "POST", f"{PATH}?fieldValidation=Strict", sent)
    assert code == 400
    assert 'strict decoding error: unknown field "bar", unknown field "spec.foo"' in said["message"]
    code, _ = await ask(running, "POST", f"{PATH}?fieldValidation=Ignore", sent)
    assert code == 201


async def test_what_does_not_fit_is_refused_in_upstreams_words(running):
    await establish(running, definition())
    code, said = await ask(running, "POST", PATH, crontab(replicas=10, image=3))
    assert code == 422
    assert {c["message"] for c in said["details"]["causes"]} == {
        'Invalid value: "integer": spec.image in body must be of type string: "integer"',
        "Invalid value: 10: spec.replicas in body should be less than or equal to 9",
    }


async def test_the_status_is_written_apart_from_the_rest(running):
    await establish(running, definition(version(subresources={"status": {}, "scale": SCALE})))
    code, made = await ask(
        running, "POST", PATH, {**crontab(replicas=2), "status": {"replicas": 1}}
    )
    assert (code, "status" in made) == (201, False)
    changed = {**made, "status": {"replicas": 3, "selector": "a=b"}, "spec": {"cron": "never"}}
    changed["metadata"] = {**made["metadata"], "labels": {"a": "b"}}
    code, made = await ask(running, "PUT", f"{PATH}/one/status", changed)
    assert (code, made["spec"]["cron"], made["metadata"]["generation"]) == (200, "* * * * *", 1)
    assert "labels" not in made["metadata"]
    _, scale = await ask(running, "GET", f"{PATH}/one/scale")
    assert scale["status"] == {"replicas": 3, "selector": "a=b"}


async def test_a_strategic_merge_patch_needs_a_type(running):
    await establish(running, definition())
    await ask(running, "POST", PATH, crontab())
    for media, code in (("strategic-merge", 415), ("merge", 200)):
        headers = {"content_type": f"application/{media}-patch+json"}
        assert (await ask(running, "PATCH", f"{PATH}/one", {}, **headers))[0] == code


async def test_columns_are_read_by_path(running):
    await establish(running, definition(version(additionalPrinterColumns=COLUMNS)))
    await ask(running, "POST", PATH, crontab())
    table = "application/json;as=Table;v=v1;g=meta.k8s.io"
    _, said = await ask(running, "GET", PATH, accept=table)
    columns = [(c["name"], c["type"]) for c in said["columnDefinitions"]]
    assert columns == [("Name", "string"), ("Cron", "string"), ("Age", "date")]
    assert said["rows"][0]["cells"][:2] == ["one", "* * * * *"]


async def test_fields_may_be_selected_by(running):
    fields = [{"jsonPath": ".spec.image"}]
    await establish(running, definition(version(selectableFields=fields)))
    await ask(running, "POST", PATH, crontab("one"))
    await ask(running, "POST", PATH, crontab("two", image="other"))
    _, found = await ask(running, "GET", f"{PATH}?fieldSelector=spec.image%3Dother")
    assert [o["metadata"]["name"] for o in found["items"]] == ["two"]


async def test_a_default_that_comes_later_is_read_into_what_is_there(running):
    plain = version(schema={"type": "object", "x-kubernetes-preserve-unknown-fields": True})
    crd = await establish(running, definition(plain))
    await ask(running, "POST", PATH, {**crontab(), "extra": 1})
    crd["spec"]["versions"] = [version()]
    await client(running).update(CRD, crd)
    _, found = await ask(running, "GET", f"{PATH}/one")
    assert (found["spec"]["image"], "extra" in found) == ("nginx", False)
    _, listed = await ask(running, "GET", PATH)
    assert listed["items"][0]["spec"]["image"] == "nginx"


async def test_each_version_shows_the_same_objects(running):
    later = version("v2", storage=False)
    await establish(running, definition(version(), later))
    await ask(running, "POST", PATH, crontab())
    code, found = await ask(running, "GET", PATH.replace("v1", "v2") + "/one")
    assert (code, found["apiVersion"]) == (200, "example.com/v2")
    sent = {**found, "spec": {"cron": "other"}}
    assert (await ask(running, "PUT", PATH.replace("v1", "v2") + "/one", sent))[0] == 200
    _, found = await ask(running, "GET", f"{PATH}/one")
    assert (found["apiVersion"], found["spec"]["cron"]) == ("example.com/v1", "other")


async def test_a_version_that_is_deprecated_says_what_to_use(running):
    old = version("v1beta1", storage=False, deprecated=True)
    crd = await establish(running, definition(version(), old))
    kinds = {kind.version: kind for kind in kinds_of(crd)}
    assert kinds["v1"].deprecated == ""
    assert kinds["v1beta1"].deprecated == (
        "example.com/v1beta1 CronTab is deprecated; use example.com/v1 CronTab"
    )


async def test_a_definition_that_goes_lets_nothing_be_created(running):
    await establish(running, definition())
    await ask(running, "POST", PATH, crontab())
    await client(running).delete(CRD, {"metadata": {"name": "crontabs.example.com"}})
    code, said = await ask(running, "POST", PATH, crontab("two"))
    assert (code, said["message"]) == (
        405, "create not allowed while custom resource definition is terminating",
    )  # fmt: skip
    assert (await ask(running, "DELETE", f"{PATH}/one"))[0] == 200
    found = await client(running).get(CRD, "", "crontabs.example.com")
    assert found["metadata"]["finalizers"] == ["customresourcecleanup.apiextensions.k8s.io"]


async def test_a_new_server_over_the_same_store_serves_what_was_established():
    store = MemoryStore()
    first = server(store)
    await first.start()
    await establish(first, definition())
    second = server(store)
    assert (await ask(second, "GET", PATH))[0] == 200


async def test_discovery_names_what_is_served(running):
    names = {"plural": "crontabs", "kind": "CronTab", "singular": "cron", "listKind": "Crons"}
    await establish(running, definition(version(subresources={"status": {}}), names=names))
    _, found = await ask(running, "GET", "/apis/example.com/v1")
    assert [(r["name"], r["singularName"]) for r in found["resources"]] == [
        ("crontabs", "cron"), ("crontabs/status", ""),
    ]  # fmt: skip
    _, listed = await ask(running, "GET", PATH)
    assert listed["kind"] == "Crons"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
FIELDS = ("list", "either", "inner", "map")
SCHEMAS = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "properties": {
                "list": {
                    "type": "array",
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["k"],
                    "items": {
                        "type": "object",
                        "required": ["k"],
                        "properties": {"k": {"type": "string"}},
                    },
                },
                "either": {"x-kubernetes-int-or-string": True, "pattern": "^a"},
                "inner": {
                    "type": "object",
                    "x-kubernetes-embedded-resource": True,
                    "x-kubernetes-preserve-unknown-fields": True,
                },
                "map": {"type": "object", "additionalProperties": {"type": "number"}},
            },
            "x-kubernetes-validations": [{"rule": "!has(self.map) || size(self.map) < 3"}],
        }
    },
}


@pytest.fixture(scope="module")
def odd():
    """A definition with something of everything."""
    return definition(version(schema=SCHEMAS))


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    body=st.fixed_dictionaries(
        {},
        optional={
            "metadata": JSON | st.just({"name": "one"}),
            "spec": JSON
            | st.dictionaries(st.sampled_from(["list", "either", "inner", "map"]), JSON),
            "status": JSON,
        },
    )
)
async def test_no_json_makes_the_server_fail(odd, body):
    running = server()
    await establish(running, odd)
    code, _ = await ask(running, "POST", PATH, body)
    assert code < 500
    code, _ = await ask(running, "POST", PATH, crontab())
    headers = {"content_type": "application/merge-patch+json"}
    code, _ = await ask(running, "PATCH", f"{PATH}/one", body, **headers)
    assert code < 500


async def test_a_watch_ends_with_what_it_watches(running):
    await establish(running, definition())
    (kind,) = (k for k in running.app.backend.registry.kinds if k.custom)
    watching = client(running).watch(kind)
    await client(running).create(kind, {**crontab(), "metadata": NAMED})
    assert (await anext(watching)).type == "ADDED"
    crd = await client(running).get(CRD, "", "crontabs.example.com")
    versions = [version(deprecated=True)]
    await client(running).update(CRD, {**crd, "spec": {**crd["spec"], "versions": versions}})
    assert [event.type async for event in watching if event.type != "BOOKMARK"] == []


NAMED = {"name": "one", "namespace": "default"}


async def test_a_scale_is_where_the_definition_says(running):
    await establish(running, definition(version(subresources={"scale": SCALE})))
    await ask(running, "POST", PATH, crontab())
    code, said = await ask(running, "GET", f"{PATH}/one/scale")
    assert (code, said["message"]) == (
        500, 'Internal error occurred: the spec replicas field ".spec.replicas" does not exist',
    )  # fmt: skip
    merge = {"content_type": "application/merge-patch+json"}
    change = {"spec": {"replicas": 4}}
    code, scale = await ask(running, "PATCH", f"{PATH}/one/scale", change, **merge)
    assert (code, scale["spec"], scale["status"]) == (200, {"replicas": 4}, {"replicas": 0})
    _, found = await ask(running, "GET", f"{PATH}/one")
    assert (found["spec"]["replicas"], found["metadata"]["generation"]) == (4, 2)
    change = {"spec": {"replicas": 40}}
    code, said = await ask(running, "PATCH", f"{PATH}/one/scale", change, **merge)
    assert (code, said["reason"]) == (422, "Invalid")


async def test_a_definition_that_nobody_establishes_is_not_served(running):
    await client(running).create(CRD, definition())
    assert (await ask(running, "GET", PATH))[0] == 404
