"""Tokens that lie in Secrets."""

from base64 import b64encode

import pytest

from onggi.apiserver.authn import legacy
from onggi.apiserver.authn.accounts import Keys, Refused, check
from onggi.apiserver.authn.pki import Pki
from tests.world import NOW

ACCOUNT = {"metadata": {"namespace": "a", "name": "bot", "uid": "u1"}}
SECRET = {"metadata": {"namespace": "a", "name": "s", "uid": "u2"}}


@pytest.fixture
def keys(tmp_path):
    pki = Pki(tmp_path / "pki")
    pki.renew(NOW)
    return Keys(pki.signing_key)


def bearer(keys, token, account=ACCOUNT, kept=None, **meta):
    data = {"token": b64encode((kept or token).encode()).decode()}
    secret = {"metadata": SECRET["metadata"] | meta, "data": data}
    found = {("serviceaccounts", "bot"): account, ("secrets", "s"): secret}
    return check(keys.verify(token), lambda kind, space, name: found.get((kind, name)), NOW)


def test_it_is_its_accounts_as_long_as_it_lies_there(keys):
    token = keys.sign(legacy.claims(ACCOUNT, SECRET))
    assert bearer(keys, token).name == "system:serviceaccount:a:bot"
    assert keys.verify(token).audiences == (keys.issuer,)


def test_it_ends_with_its_secret_or_its_account(keys):
    token = keys.sign(legacy.claims(ACCOUNT, SECRET))
    for changes in (
        {"kept": "another"},
        {"deletionTimestamp": "2026-01-01T00:00:00Z"},
        {"labels": {legacy.INVALID_SINCE: "2026-01-01"}},
        {"account": None},
        {"account": {"metadata": ACCOUNT["metadata"] | {"uid": "other"}}},
    ):
        with pytest.raises(Refused):
            bearer(keys, token, **changes)


def test_no_other_token_goes_without_an_end(keys):
    with pytest.raises(Refused, match="exp"):
        keys.verify(keys.sign({"sub": "system:serviceaccount:a:bot"}))
