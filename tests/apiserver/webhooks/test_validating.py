"""Validating webhooks: what they are asked, and what their answers do."""

import asyncio

import pytest

from onggi.kinds.core.configmap import CONFIGMAP
from tests.apiserver.webhooks.server import configuration
from tests.apiserver.world import ask, client, config_map

WEBHOOKS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
MAPS = "/api/v1/namespaces/default/configmaps"


async def register(running, *clients, name="checks", **fields):
    code, body = await ask(running, "POST", WEBHOOKS, configuration(name, *clients, **fields))
    assert code == 201, body


async def test_a_webhook_is_told_everything_about_a_creation(running, hook):
    await register(running, hook.client)
    code, made = await ask(running, "POST", f"{MAPS}?fieldManager=me", config_map())
    assert code == 201
    (seen,) = hook.seen
    gvk = {"group": "", "version": "v1", "kind": "ConfigMap"}
    gvr = {"group": "", "version": "v1", "resource": "configmaps"}
    assert seen.pop("uid")
    assert seen.pop("object")["metadata"]["uid"] == made["metadata"]["uid"]
    assert seen == {
        "kind": gvk,
        "resource": gvr,
        "requestKind": gvk,
        "requestResource": gvr,
        "name": "one",
        "namespace": "default",
        "operation": "CREATE",
        "userInfo": {
            "username": "admin",
            "groups": ["system:masters", "system:authenticated"],
        },
        "oldObject": None,
        "dryRun": False,
        "options": {
            "kind": "CreateOptions",
            "apiVersion": "meta.k8s.io/v1",
            "fieldManager": "me",
        },
    }


async def test_every_way_to_write_is_reviewed(running, hook):
    await ask(running, "POST", MAPS, config_map("one"))
    await ask(running, "POST", MAPS, config_map("two"))
    await register(running, hook.client)
    await ask(running, "PUT", f"{MAPS}/one", config_map("one", data={"a": "1"}))
    merge = "application/merge-patch+json"
    await ask(running, "PATCH", f"{MAPS}/one", {"data": {"a": "2"}}, content_type=merge)
    await ask(running, "DELETE", f"{MAPS}/one")
    await ask(running, "DELETE", f"{MAPS}?labelSelector=!none")
    seen = [(s["operation"], s.get("name"), s["options"]["kind"]) for s in hook.seen]
    assert seen[:3] == [
        ("UPDATE", "one", "UpdateOptions"),
        ("UPDATE", "one", "UpdateOptions"),
        ("DELETE", "one", "DeleteOptions"),
    ]
    assert hook.seen[0]["oldObject"]["data"] == {"key": "value"}
    assert hook.seen[2]["object"] is None
    assert hook.seen[2]["oldObject"]["data"] == {"a": "2"}
    rest = [s["oldObject"]["metadata"]["name"] for s in hook.seen[3:]]
    assert sorted(rest) == ["kube-root-ca.crt", "two"] or rest == ["two"]


async def test_a_denial_is_worded_by_the_webhook(running, hook):
    await register(running, hook.client)
    hook.answer = lambda request: {
        "allowed": False,
        "status": {"message": "not on Mondays", "code": 403, "reason": "Forbidden"},
    }
    code, body = await ask(running, "POST", MAPS, config_map())
    assert (code, body["code"], body["reason"]) == (403, 403, "Forbidden")
    denied = 'admission webhook "h0.checks.example.com" denied the request'
    assert body["message"] == f"{denied}: not on Mondays"
    assert (await ask(running, "GET", f"{MAPS}/one"))[0] == 404


@pytest.mark.parametrize(
    ("status", "code", "tail"),
    [
        (None, 400, " without explanation"),
        ({"code": 200}, 400, " without explanation"),
        ({"reason": "Teapot", "code": 418}, 418, ": Teapot"),
    ],
)
async def test_a_denial_is_never_a_success(running, hook, status, code, tail):
    await register(running, hook.client)
    hook.answer = lambda request: {"allowed": False, "status": status}
    got, body = await ask(running, "POST", MAPS, config_map())
    assert got == code
    assert body["status"] == "Failure"
    assert body["message"].endswith(f"denied the request{tail}")


async def test_all_are_asked_at_the_same_time_and_the_first_refusal_counts(running, hook):
    await register(running, hook.client, hook.client, hook.client)
    together = asyncio.Barrier(3)

    async def answer(request):
        await together.wait()
        return {"allowed": False}

    hook.answer = answer
    code, body = await ask(running, "POST", MAPS, config_map())
    assert code == 400
    assert '"h0.checks.example.com"' in body["message"]


async def test_warnings_and_audit_annotations_are_passed_on(running, hook):
    await register(running, hook.client)
    hook.answer = lambda request: {
        "allowed": True,
        "warnings": ["old"],
        "auditAnnotations": {"seen": "yes"},
    }
    from onggi.api.http import Request
    from tests.apiserver.world import ADMIN

    request = Request(method="POST", path=MAPS, body=config_map(), user=ADMIN, objects=True)
    answer = await running.handle(request)
    assert answer.headers["Warning"] == '299 - "old"'


async def test_a_dry_run_is_told_and_refused_where_it_would_have_effects(running, hook):
    await register(running, hook.client, sideEffects="NoneOnDryRun")
    code, _ = await ask(running, "POST", f"{MAPS}?dryRun=All", config_map())
    assert code == 201
    assert hook.seen[0]["dryRun"] is True
    assert hook.seen[0]["options"]["dryRun"] == ["All"]


async def test_configurations_of_admission_are_never_asked_about(running, hook):
    anything = {"operations": ["*"], "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*/*"]}
    await register(running, hook.client, rules=[anything])
    hook.answer = lambda request: {"allowed": False}
    assert (await ask(running, "POST", MAPS, config_map()))[0] == 400
    assert (await ask(running, "DELETE", f"{WEBHOOKS}/checks"))[0] == 200
    assert (await ask(running, "POST", MAPS, config_map()))[0] == 201


async def test_writes_in_process_are_reviewed_too(running, hook):
    await register(running, hook.client)
    await client(running).create(CONFIGMAP, config_map())
    assert len(hook.seen) == 1


async def test_what_a_webhook_saw_is_what_is_written(running, hook):
    """Somebody else writes while the webhook thinks: it is asked again about the outcome."""
    await ask(running, "POST", MAPS, config_map())
    await register(running, hook.client)
    merge = "application/merge-patch+json"
    quiet = config_map(data={"other": "x"})

    async def answer(request):
        if len(hook.seen) == 1:
            other = asyncio.ensure_future(ask(running, "PUT", f"{MAPS}/one", quiet))
            await other
        return {"allowed": True}

    hook.answer = answer
    code, body = await ask(
        running, "PATCH", f"{MAPS}/one", {"data": {"mine": "y"}}, content_type=merge
    )
    assert code == 200
    assert body["data"] == {"other": "x", "mine": "y"}
    seen = [s["object"]["data"] for s in hook.seen]
    assert seen == [{"key": "value", "mine": "y"}, {"other": "x"}, {"other": "x", "mine": "y"}]


async def test_calls_are_counted(running, hook):
    await register(running, hook.client)
    await ask(running, "POST", MAPS, config_map())
    hook.answer = lambda request: {"allowed": False}
    await ask(running, "POST", MAPS, config_map("two"))
    text = "\n".join(running.stages.panel.counts.lines())
    labels = 'name="h0.checks.example.com",type="validating",operation="CREATE"'
    name = "apiserver_admission_webhook_"
    assert f'{name}request_total{{{labels},code="200",rejected="false"}} 1' in text
    assert f'{name}request_total{{{labels},code="400",rejected="true"}} 1' in text
    assert f'{labels},error_type="no_error",rejection_code="400"}} 1' in text


async def test_warnings_come_with_a_refusal_too(running, hook):
    from onggi.api.errors import StatusError
    from onggi.api.http import Request
    from onggi.apiserver.status import failure
    from tests.apiserver.world import ADMIN

    await register(running, hook.client)
    hook.answer = lambda request: {"allowed": False, "warnings": ["old"]}
    request = Request(method="POST", path=MAPS, body=config_map(), user=ADMIN, objects=True)
    with pytest.raises(StatusError) as refused:
        await running.handle(request)
    assert failure(refused.value, "").headers["Warning"] == '299 - "old"'


async def test_a_start_does_not_wait_for_webhooks_that_are_not_there_yet(running, hook):
    anything = {"operations": ["*"], "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*/*"]}
    away = {**hook.client, "url": "https://127.0.0.1:1/"}
    from onggi.store.store import Key

    store = running.app.backend.store
    await register(running, away, rules=[anything])
    gone = store.get(Key("namespaces", "", "kube-public"))
    await store.delete(gone.key, revision=gone.revision)
    from tests.apiserver import world

    again = world.server(store)
    await again.start()
    assert (await ask(again, "GET", "/api/v1/namespaces/kube-public"))[0] == 200
    assert (await ask(again, "POST", MAPS, config_map()))[0] == 500
    await again.close()
