"""Updates: locks, what may change, deletion by the last finalizer."""

import asyncio

import pytest

from onggi.kinds.core.configmap import CONFIGMAP
from tests.apiserver.world import ask, client, config_map, pod

BASE = "/api/v1/namespaces/default/configmaps"
ONE = f"{BASE}/one"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/default/leases"


@pytest.fixture
async def one(running):
    return (await ask(running, "POST", BASE, config_map()))[1]


async def test_without_a_version_an_update_is_unconditional(running, one):
    code, body = await ask(running, "PUT", ONE, config_map(data={"key": "new"}))
    assert (code, body["data"]) == (200, {"key": "new"})
    assert body["metadata"]["uid"] == one["metadata"]["uid"]
    assert body["metadata"]["creationTimestamp"] == one["metadata"]["creationTimestamp"]


async def test_an_old_version_is_a_conflict_in_upstreams_words(running, one):
    await ask(running, "PUT", ONE, config_map(data={"key": "new"}))
    code, body = await ask(running, "PUT", ONE, one | {"data": {"key": "late"}})
    assert code == 409
    assert body["message"] == (
        'Operation cannot be fulfilled on configmaps "one": the object has been modified; please '
        "apply your changes to the latest version and try again"
    )


async def test_the_uid_is_a_precondition(running, one):
    wanted = config_map()
    wanted["metadata"]["uid"] = "other"
    code, body = await ask(running, "PUT", ONE, wanted)
    assert code == 409
    assert (
        "Precondition failed: UID in precondition: other, UID in object meta: "
        f"{one['metadata']['uid']}" in body["message"]
    )


async def test_the_name_must_be_that_of_the_path(running, one):
    code, body = await ask(running, "PUT", ONE, config_map("two"))
    assert code == 400
    assert body["message"] == (
        "the name of the object (two) does not match the name on the URL (one)"
    )


async def test_nothing_changed_is_nothing_written(running, one):
    store = running.app.backend.store
    before = store.revision
    code, body = await ask(running, "PUT", ONE, one)
    assert (code, body) == (200, one)
    assert store.revision == before


async def test_most_kinds_are_not_created_by_an_update(running):
    assert (await ask(running, "PUT", ONE, config_map()))[0] == 404


async def test_a_few_are(running):
    lease = {"metadata": {"name": "l"}, "spec": {"holderIdentity": "me"}}
    code, body = await ask(running, "PUT", f"{LEASES}/l", lease)
    assert code == 201
    code, body = await ask(running, "PUT", f"{LEASES}/l", lease)
    assert code == 422
    assert body["message"] == (
        'leases.coordination.k8s.io "l" is invalid: metadata.resourceVersion: '
        "Invalid value: 0: must be specified for an update"
    )


async def test_what_is_immutable_stays(running, one):
    frozen = await ask(running, "PUT", ONE, config_map(immutable=True))
    assert frozen[0] == 200
    code, body = await ask(running, "PUT", ONE, config_map(immutable=True, data={"key": "x"}))
    assert code == 422
    assert "field is immutable when `immutable` is set" in body["message"]


async def test_no_finalizer_is_added_to_what_is_going(running):
    wanted = config_map()
    wanted["metadata"]["finalizers"] = ["a/b"]
    await ask(running, "POST", BASE, wanted)
    await ask(running, "DELETE", ONE)
    wanted["metadata"]["finalizers"] = ["a/b", "c/d"]
    code, body = await ask(running, "PUT", ONE, wanted)
    assert code == 422
    assert "no new finalizers can be added if the object is being deleted" in body["message"]


async def test_taking_off_the_last_finalizer_deletes(running):
    wanted = config_map()
    wanted["metadata"]["finalizers"] = ["a/b"]
    await ask(running, "POST", BASE, wanted)
    await ask(running, "DELETE", ONE)
    code, body = await ask(running, "PUT", ONE, config_map())
    assert code == 200
    assert "finalizers" not in body["metadata"]
    assert (await ask(running, "GET", ONE))[0] == 404


async def test_a_dry_run_changes_nothing(running, one):
    code, body = await ask(running, "PUT", f"{ONE}?dryRun=All", config_map(data={"key": "new"}))
    assert (code, body["data"]) == (200, {"key": "new"})
    assert (await ask(running, "GET", ONE))[1] == one


async def test_the_main_resource_keeps_the_status_and_the_other_way_round(running, cluster):
    await ask(running, "POST", "/api/v1/namespaces/default/pods", pod())
    url = "/api/v1/namespaces/default/pods/web"
    sent = pod(nodeName="") | {"status": {"phase": "Running"}}
    sent["metadata"]["annotations"] = {"a": "b"}
    _, body = await ask(running, "GET", url)
    body["metadata"]["labels"] = {"l": "1"}
    _, updated = await ask(running, "PUT", url, body | {"status": {"phase": "Failed"}})
    assert updated["status"]["phase"] == "Pending"
    assert updated["metadata"]["labels"] == {"l": "1"}
    updated["spec"]["schedulerName"] = "mine"
    code, body = await ask(
        running, "PUT", f"{url}/status", updated | {"status": {"phase": "Running"}}
    )
    assert code == 200
    assert body["status"]["phase"] == "Running"
    assert body["spec"]["schedulerName"] == "default-scheduler"


async def test_many_writers_lose_nothing(running, one):
    async def add(key):
        await client(running).patch(
            CONFIGMAP,
            {"metadata": {"namespace": "default", "name": "one"}},
            {"data": {key: "1"}},
        )

    async with asyncio.TaskGroup() as tasks:
        for number in range(40):
            tasks.create_task(add(f"k{number}"))
    _, body = await ask(running, "GET", ONE)
    assert len(body["data"]) == 41


async def test_an_update_of_a_service_keeps_its_address_and_frees_ports(running):
    base = "/api/v1/namespaces/default/services"
    wanted = {"metadata": {"name": "s"}, "spec": {"type": "NodePort", "ports": [{"port": 80}]}}
    _, made = await ask(running, "POST", base, wanted)
    port = made["spec"]["ports"][0]["nodePort"]
    plain = {"metadata": {"name": "s"}, "spec": {"type": "ClusterIP", "ports": [{"port": 80}]}}
    _, body = await ask(running, "PUT", f"{base}/s", plain)
    assert body["spec"]["clusterIP"] == made["spec"]["clusterIP"]
    assert "nodePort" not in body["spec"]["ports"][0]
    again = {
        "metadata": {"name": "t"},
        "spec": {"type": "NodePort", "ports": [{"port": 80, "nodePort": port}]},
    }
    assert (await ask(running, "POST", base, again))[0] == 201
    code, body = await ask(running, "PUT", f"{base}/s", plain | {
        "spec": {"clusterIP": "10.96.9.9", "ports": [{"port": 80}]}
    })  # fmt: skip
    assert code == 422
    assert "may not change once set" in body["message"]
