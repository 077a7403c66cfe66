"""Deletions and what they answer."""

import pytest

from tests.apiserver.world import ask, config_map, pod

BASE = "/api/v1/namespaces/default/configmaps"
ONE = f"{BASE}/one"
PODS = "/api/v1/namespaces/default/pods"


async def test_a_deletion_answers_with_a_status_that_names_the_object(running):
    _, made = await ask(running, "POST", BASE, config_map())
    code, body = await ask(running, "DELETE", ONE)
    assert code == 200
    assert (body["kind"], body["status"]) == ("Status", "Success")
    uid = made["metadata"]["uid"]
    assert body["details"] == {"name": "one", "kind": "configmaps", "uid": uid}


async def test_a_pod_answers_with_itself(running, cluster):
    await ask(running, "POST", PODS, pod())
    code, body = await ask(running, "DELETE", f"{PODS}/web")
    assert (code, body["kind"]) == (200, "Pod")
    assert body["metadata"]["deletionGracePeriodSeconds"] == 0


async def test_what_is_held_answers_with_itself(running):
    wanted = config_map()
    wanted["metadata"]["finalizers"] = ["a/b"]
    await ask(running, "POST", BASE, wanted)
    code, body = await ask(running, "DELETE", ONE)
    assert (code, body["kind"]) == (200, "ConfigMap")
    code, body = await ask(running, "DELETE", ONE, {"orphanDependents": False})
    assert code == 202


async def test_a_bound_pod_waits_for_its_node(running, cluster):
    await ask(running, "POST", PODS, pod(nodeName="n1"))
    _, body = await ask(running, "DELETE", f"{PODS}/web")
    assert body["metadata"]["deletionGracePeriodSeconds"] == 30
    assert (await ask(running, "GET", f"{PODS}/web"))[0] == 200
    await ask(running, "DELETE", f"{PODS}/web", {"gracePeriodSeconds": 0})
    assert (await ask(running, "GET", f"{PODS}/web"))[0] == 404


async def test_a_dry_run_deletes_nothing(running):
    await ask(running, "POST", BASE, config_map())
    assert (await ask(running, "DELETE", f"{ONE}?dryRun=All"))[0] == 200
    assert (await ask(running, "GET", ONE))[0] == 200


async def test_immortal_namespaces_stay(running):
    code, body = await ask(running, "DELETE", "/api/v1/namespaces/default")
    assert code == 403
    assert body["message"] == (
        'namespaces "default" is forbidden: this namespace may not be deleted'
    )


async def test_a_collection_goes_by_selector(running):
    for name in "abcde":
        labels = {"even": "yes" if name in "bd" else "no"}
        wanted = config_map(name)
        wanted["metadata"]["labels"] = labels
        await ask(running, "POST", BASE, wanted)
    code, body = await ask(running, "DELETE", f"{BASE}?labelSelector=even=yes")
    assert (code, body["kind"]) == (200, "ConfigMapList")
    assert [item["metadata"]["name"] for item in body["items"]] == ["b", "d"]
    _, left = await ask(running, "GET", BASE)
    assert [item["metadata"]["name"] for item in left["items"]] == ["a", "c", "e"]


async def test_a_collection_is_of_one_namespace(running):
    assert (await ask(running, "DELETE", "/api/v1/configmaps"))[0] == 405
    assert (await ask(running, "DELETE", "/api/v1/namespaces"))[0] == 405


@pytest.mark.parametrize("kind", ["Service"])
async def test_a_deleted_service_frees_its_address(running, kind):
    url = "/api/v1/namespaces/default/services"
    wanted = {"metadata": {"name": "s"}, "spec": {"clusterIP": "10.96.5.5", "ports": [{"port": 1}]}}
    for _ in range(2):
        assert (await ask(running, "POST", url, wanted))[0] == 201
        assert (await ask(running, "DELETE", f"{url}/s"))[0] == 200
