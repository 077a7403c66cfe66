"""The scale subresource."""

import pytest

from tests.apiserver.world import ask, pod

BASE = "/apis/apps/v1/namespaces/default/deployments"
SCALE = f"{BASE}/web/scale"
MERGE = "application/merge-patch+json"


@pytest.fixture
async def deployed(running):
    labels = {"app": "web"}
    wanted = {
        "metadata": {"name": "web"},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "c", "image": "i"}]},
            },
        },
    }
    code, made = await ask(running, "POST", BASE, wanted)
    assert code == 201
    return made


async def test_it_has_three_figures(running, deployed):
    code, body = await ask(running, "GET", SCALE)
    assert code == 200
    assert (body["kind"], body["apiVersion"]) == ("Scale", "autoscaling/v1")
    assert body["spec"] == {"replicas": 2}
    assert body["status"] == {"replicas": 0, "selector": "app=web"}
    assert body["metadata"]["uid"] == deployed["metadata"]["uid"]


async def test_it_scales(running, deployed):
    _, scale = await ask(running, "GET", SCALE)
    scale["spec"]["replicas"] = 5
    code, body = await ask(running, "PUT", SCALE, scale)
    assert (code, body["spec"]) == (200, {"replicas": 5})
    _, body = await ask(running, "GET", f"{BASE}/web")
    assert body["spec"]["replicas"] == 5
    assert body["metadata"]["generation"] == 2
    code, _ = await ask(running, "PUT", SCALE, scale)
    assert code == 409


async def test_it_can_be_patched(running, deployed):
    code, body = await ask(running, "PATCH", SCALE, {"spec": {"replicas": 7}}, content_type=MERGE)
    assert (code, body["spec"]) == (200, {"replicas": 7})


async def test_fewer_than_none_are_refused(running, deployed):
    code, body = await ask(running, "PATCH", SCALE, {"spec": {"replicas": -1}}, content_type=MERGE)
    assert code == 422
    assert body["message"] == (
        'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: '
        "must be greater than or equal to 0"
    )


async def test_what_has_no_replicas_has_no_scale(running):
    assert (await ask(running, "GET", "/api/v1/namespaces/default/pods/x/scale"))[0] == 404


async def test_a_replication_controller_says_its_plain_selector(running):
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod()["spec"]}
    rc = {"metadata": {"name": "old"}, "spec": {"template": template}}
    place = "/api/v1/namespaces/default/replicationcontrollers"
    status, _ = await ask(running, "POST", place, rc)
    assert status == 201
    _, scale = await ask(running, "GET", f"{place}/old/scale")
    assert scale["status"] == {"replicas": 0, "selector": "app=web"}
