"""Secrets for tokens are filled in."""

from base64 import b64decode

from onggi.kinds.core.serviceaccount.tokens import account_tokens
from tests.world import NOW, ListWorld, story

ACCOUNT = {
    "kind": "ServiceAccount",
    "metadata": {"namespace": "a", "name": "bot", "uid": "u1"},
    "secrets": [{"name": "s"}, {"name": "other"}],
}
CONTROLLER = account_tokens("CA", lambda account, secret: "minted")


def secret(uid="", **data):
    annotations = {"kubernetes.io/service-account.name": "bot"}
    if uid:
        annotations["kubernetes.io/service-account.uid"] = uid
    meta = {"namespace": "a", "name": "s", "uid": "u2", "annotations": annotations}
    return {
        "kind": "Secret",
        "metadata": meta,
        "type": "kubernetes.io/service-account-token",
        "data": data,
    }


def plan(obj, *objects):
    return CONTROLLER.reconcile(obj, ListWorld(list(objects)), NOW)


def test_a_new_one_gets_a_token_a_namespace_and_the_ca():
    (update,) = plan(secret(), ACCOUNT).actions
    decoded = {key: b64decode(value).decode() for key, value in update.obj["data"].items()}
    assert decoded == {"ca.crt": "CA", "namespace": "a", "token": "minted"}
    annotations = update.obj["metadata"]["annotations"]
    assert annotations["kubernetes.io/service-account.uid"] == "u1"
    assert plan(update.obj, ACCOUNT).actions == ()


def test_a_token_that_is_there_stays():
    (update,) = plan(secret("u1", token="b2xk"), ACCOUNT).actions
    assert update.obj["data"]["token"] == "b2xk"


def test_one_without_its_account_goes():
    assert story(plan(secret())) == ["absent ServiceAccount bot", "delete Secret s"]
    assert story(plan(secret("old"), ACCOUNT)) == ["absent ServiceAccount bot", "delete Secret s"]


def test_an_account_wakes_its_tokens_and_forgets_those_that_are_gone():
    world = ListWorld([ACCOUNT, secret()])
    (wake,) = CONTROLLER.watches.values()
    assert wake(ACCOUNT, world) == [("a", "s")]
    (update,) = CONTROLLER.departed(secret(), world)
    assert update.obj["secrets"] == [{"name": "other"}]


def test_other_secrets_are_left_alone():
    assert plan(secret() | {"type": "Opaque"}, ACCOUNT).actions == ()
