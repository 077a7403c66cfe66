"""Each account gets one Secret for a token, and names it."""

import pytest

from onggi.kinds.core.serviceaccount.secrets import ACCOUNT_SECRETS
from tests.world import NOW, ListWorld

TOKEN = "kubernetes.io/service-account-token"


def account(*secrets, **meta):
    named = {"namespace": "a", "name": "bot", "uid": "u1", **meta}
    return {
        "kind": "ServiceAccount",
        "metadata": named,
        "secrets": [{"name": name} for name in secrets],
    }


def secret(name="bot-token-x", uid="u1", type=TOKEN, created="2026-01-01T00:00:00Z"):
    annotations = {
        "kubernetes.io/service-account.name": "bot",
        "kubernetes.io/service-account.uid": uid,
    }
    meta = {"namespace": "a", "name": name, "uid": name, "creationTimestamp": created}
    return {"kind": "Secret", "type": type, "metadata": {**meta, "annotations": annotations}}


def plan(obj, *objects):
    return ACCOUNT_SECRETS.reconcile(obj, ListWorld(list(objects)), NOW).actions


def test_an_account_without_a_token_gets_one_and_is_told_its_name():
    (create,) = plan(account("other"))
    assert create.obj["type"] == TOKEN
    assert create.obj["metadata"]["generateName"] == "bot-token-"
    assert create.obj["metadata"]["annotations"] == {
        "kubernetes.io/service-account.name": "bot",
        "kubernetes.io/service-account.uid": "u1",
    }
    (update,) = create.done(secret("bot-token-new"))
    assert update.obj["secrets"] == [{"name": "other"}, {"name": "bot-token-new"}]


def test_one_that_names_its_token_is_left_alone():
    assert plan(account("bot-token-x"), secret()) == ()


def test_a_token_that_was_made_before_a_crash_is_named_not_made_again():
    younger = secret("bot-token-y", created="2026-01-02T00:00:00Z")
    (update,) = plan(account(), younger, secret())
    assert update.obj["secrets"] == [{"name": "bot-token-x"}]


@pytest.mark.parametrize("other", [secret(uid="u0"), secret(type="Opaque")])
def test_what_is_no_token_of_this_account_does_not_count(other):
    (create,) = plan(account("bot-token-x"), other)
    assert create.obj["type"] == TOKEN


def test_an_account_that_goes_gets_none():
    assert plan(account(deletionTimestamp="2026-01-01T00:00:00Z")) == ()


def test_a_token_s_end_wakes_its_account():
    wake = ACCOUNT_SECRETS.watches[next(iter(ACCOUNT_SECRETS.watches))]
    assert wake(secret(), ListWorld([])) == [("a", "bot")]
    assert wake(secret(type="Opaque"), ListWorld([])) == []
