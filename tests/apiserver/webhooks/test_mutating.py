"""Mutating webhooks: patches, their order, and being asked again."""

from tests.apiserver.webhooks.server import configuration, patch
from tests.apiserver.world import ask, config_map

WEBHOOKS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
MAPS = "/api/v1/namespaces/default/configmaps"
PODS = "/api/v1/namespaces/default/pods"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"


async def register(running, *clients, name="changes", **fields):
    code, body = await ask(running, "POST", WEBHOOKS, configuration(name, *clients, **fields))
    assert code == 201, body


def rule(resource, group="", version="v1"):
    return {
        "operations": ["*"],
        "apiGroups": [group],
        "apiVersions": [version],
        "resources": [resource],
    }


def adds(key, value="x"):
    return patch({"op": "add", "path": f"/data/{key}", "value": value})


async def test_patches_are_applied_one_after_the_other(running, hook):
    await register(running, {**hook.client, "url": f"{hook.url}/b"}, name="b")
    await register(running, {**hook.client, "url": f"{hook.url}/a"}, name="a")
    hook.answer = lambda request: adds(f"k{len(hook.seen)}")
    code, body = await ask(running, "POST", MAPS, config_map())
    assert code == 201
    assert body["data"] == {"key": "value", "k1": "x", "k2": "x"}
    assert hook.seen[1]["object"]["data"] == {"key": "value", "k1": "x"}


async def test_what_a_patch_adds_is_decoded_defaulted_and_checked(running, hook):
    await register(running, hook.client, rules=[rule("deployments", "apps")])
    template = {
        "metadata": {"labels": {"app": "x"}},
        "spec": {"containers": [{"name": "c", "image": "i"}]},
    }
    spec = {"selector": {"matchLabels": {"app": "x"}}, "template": template}
    wanted = {"metadata": {"name": "web"}, "spec": spec}
    sidecar = {"name": "side", "image": "side", "nonsense": 1}
    hook.answer = lambda request: patch(
        {"op": "add", "path": "/spec/template/spec/containers/-", "value": sidecar}
    )
    code, body = await ask(running, "POST", DEPLOYMENTS, wanted)
    assert code == 201, body
    side = body["spec"]["template"]["spec"]["containers"][1]
    assert side["imagePullPolicy"] == "Always"
    assert "nonsense" not in side
    sidecar["name"] = "Not A Name"
    code, body = await ask(running, "POST", DEPLOYMENTS, {**wanted, "metadata": {"name": "w2"}})
    assert (code, body["reason"]) == (422, "Invalid")


async def test_a_webhook_is_asked_again_only_if_it_wants_and_something_changed(running, hook):
    again = {**hook.client, "url": f"{hook.url}/again"}
    await register(running, again, name="a", reinvocationPolicy="IfNeeded")
    await register(running, hook.client, name="b")

    def answer(request):
        count = len(hook.seen)
        return adds("b") if count == 2 else {"allowed": True}

    hook.answer = answer
    code, body = await ask(running, "POST", MAPS, config_map())
    assert (code, body["data"]) == (201, {"key": "value", "b": "x"})
    assert [s["object"]["data"] for s in hook.seen] == [
        {"key": "value"},
        {"key": "value"},
        {"key": "value", "b": "x"},
    ]


async def test_a_webhook_is_not_asked_again_because_of_its_own_change(running, hook):
    await register(running, hook.client, reinvocationPolicy="IfNeeded")
    hook.answer = lambda request: adds("own")
    await ask(running, "POST", MAPS, config_map())
    assert len(hook.seen) == 1


async def test_a_name_may_be_given_by_a_webhook_and_is_generated_after_it(running, hook):
    await register(running, hook.client)
    nameless = {"metadata": {"generateName": "some-"}}
    code, body = await ask(running, "POST", MAPS, nameless)
    assert code == 201
    assert "name" not in hook.seen[0]
    assert "name" not in hook.seen[0]["object"]["metadata"]
    assert body["metadata"]["name"].startswith("some-")
    hook.answer = lambda request: patch({"op": "add", "path": "/metadata/name", "value": "given"})
    code, body = await ask(running, "POST", MAPS, nameless)
    assert (code, body["metadata"]["name"]) == (201, "given")


async def test_a_namespace_cannot_be_changed(running, hook):
    await register(running, hook.client)
    hook.answer = lambda request: patch(
        {"op": "replace", "path": "/metadata/namespace", "value": "kube-system"}
    )
    code, body = await ask(running, "POST", MAPS, config_map())
    assert code == 400
    assert body["message"].startswith("the namespace of the provided object does not match")


async def test_a_deletion_cannot_be_changed(running, hook):
    await ask(running, "POST", MAPS, config_map())
    await register(running, hook.client)
    hook.answer = lambda request: adds("x")
    code, body = await ask(running, "DELETE", f"{MAPS}/one")
    assert code == 500
    assert "attempted to modify the object, which is not supported" in body["message"]


async def test_an_equivalent_kind_is_sent_in_the_form_that_was_asked_for(running, hook):
    await register(running, hook.client, rules=[rule("events", "events.k8s.io")])
    event = {
        "metadata": {"name": "e", "namespace": "default"},
        "involvedObject": {"kind": "Pod", "name": "p", "namespace": "default"},
        "reason": "Because",
        "message": "old",
        "type": "Normal",
    }
    hook.answer = lambda request: patch({"op": "replace", "path": "/note", "value": "new"})
    code, body = await ask(running, "POST", "/api/v1/namespaces/default/events", event)
    assert code == 201, body
    assert body["message"] == "new"
    (seen,) = hook.seen
    assert seen["kind"]["group"] == "events.k8s.io"
    assert seen["requestKind"]["group"] == ""
    assert seen["object"]["note"] == "old"


async def test_scale_is_reviewed_as_a_scale(running, hook):
    template = {
        "metadata": {"labels": {"app": "x"}},
        "spec": {"containers": [{"name": "c", "image": "i"}]},
    }
    spec = {"selector": {"matchLabels": {"app": "x"}}, "template": template}
    await ask(running, "POST", DEPLOYMENTS, {"metadata": {"name": "web"}, "spec": spec})
    await register(running, hook.client, rules=[rule("deployments/scale", "apps")])
    hook.answer = lambda request: patch({"op": "replace", "path": "/spec/replicas", "value": 7})
    code, body = await ask(
        running,
        "PATCH",
        f"{DEPLOYMENTS}/web/scale",
        {"spec": {"replicas": 3}},
        content_type="application/merge-patch+json",
    )
    assert (code, body["spec"]["replicas"]) == (200, 7)
    (seen,) = hook.seen
    assert seen["kind"] == {"group": "autoscaling", "version": "v1", "kind": "Scale"}
    assert (seen["subResource"], seen["requestSubResource"]) == ("scale", "scale")
    assert seen["object"]["spec"]["replicas"] == 3
    assert seen["oldObject"]["spec"]["replicas"] == 1


async def test_a_review_of_the_older_version_is_spoken_where_it_comes_first(running, hook):
    await register(running, hook.client, admissionReviewVersions=["v1beta1", "v1"])
    hook.answer = lambda request: {**adds("x"), "patchType": None}
    code, body = await ask(running, "POST", MAPS, config_map())
    assert (code, body["data"]["x"]) == (201, "x")


async def test_a_connection_is_reviewed_and_may_be_changed(running, hook):
    from onggi.api.http import Request, Upgrade
    from tests.apiserver.world import ADMIN, pod

    class Node:
        async def handle(self, request):
            asked.append(request.query)
            return Upgrade(url="http://127.0.0.1:1/exec/token")

    asked = []
    running.app.backend.nodes["n1"] = Node()
    await ask(
        running,
        "POST",
        "/api/v1/namespaces/default/serviceaccounts",
        {"metadata": {"name": "default"}},
    )
    code, body = await ask(running, "POST", PODS, pod(nodeName="n1"))
    assert code == 201, body
    await register(running, hook.client, rules=[rule("pods/exec")])
    hook.answer = lambda request: patch({"op": "replace", "path": "/command", "value": ["true"]})
    request = Request(
        method="POST",
        path=f"{PODS}/web/exec",
        query={"command": ["sh", "-c"], "stdin": ["true"], "tty": ["false"], "timeout": ["9"]},
        headers={"upgrade": "SPDY/3.1"},
        user=ADMIN,
    )
    await running.handle(request)
    (seen,) = hook.seen
    assert (seen["operation"], seen["name"], seen["options"]) == ("CONNECT", "web", None)
    assert seen["object"] == {
        "kind": "PodExecOptions",
        "apiVersion": "v1",
        "stdin": True,
        "command": ["sh", "-c"],
    }
    assert asked == [{"timeout": ["9"], "stdin": ["true"], "command": ["true"]}]


async def test_conditions_decide_whether_a_webhook_is_asked(running, hook):
    conditions = [
        {"name": "wanted", "expression": "object.data.?key.orValue('') == 'value'"},
        {"name": "not-mine", "expression": "request.userInfo.username != 'system:me'"},
        {"name": "may", "expression": "authorizer.requestResource.check('create').allowed()"},
    ]
    await register(running, hook.client, matchConditions=conditions)
    await ask(running, "POST", MAPS, config_map("one"))
    await ask(running, "POST", MAPS, config_map("two", data={"key": "other"}))
    await ask(running, "DELETE", f"{MAPS}/two")
    assert [s["name"] for s in hook.seen] == ["one"]


async def test_a_condition_that_fails_counts_as_the_webhook_would(running, hook):
    failing = [{"name": "a", "expression": "object.data.absent == 'x'"}]
    await register(running, hook.client, name="open", matchConditions=failing,
                   failurePolicy="Ignore")  # fmt: skip
    assert (await ask(running, "POST", MAPS, config_map("one")))[0] == 201
    await register(running, hook.client, matchConditions=failing)
    code, body = await ask(running, "POST", MAPS, config_map("two"))
    assert code == 403
    assert body["message"] == (
        "configmaps \"two\" is forbidden: expression 'object.data.absent == 'x'' resulted in "
        "error: no such key: absent"
    )
    assert hook.seen == []


async def test_managed_fields_stay_sound(running, hook):
    await register(running, hook.client)
    broken = {"op": "replace", "path": "/metadata/managedFields/0/operation", "value": "Nonsense"}
    hook.answer = lambda request: patch(broken)
    code, body = await ask(running, "POST", MAPS, config_map())
    assert code == 201, body
    assert [entry["operation"] for entry in body["metadata"]["managedFields"]] == ["Update"]
