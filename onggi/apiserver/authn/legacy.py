"""Tokens that lie in Secrets: they have no end but that of their Secret, or of their account.

Source: ``pkg/serviceaccount/legacy.go``.
"""

from base64 import b64decode
from collections.abc import Callable, Mapping
from hmac import compare_digest
from typing import Any

from onggi.api.http import User
from onggi.api.objects import Object, View, get, is_going
from onggi.apiserver.authn.users import account, account_name

ISSUER = "kubernetes/serviceaccount"
CLAIM = "kubernetes.io/serviceaccount/"
INVALID_SINCE = "kubernetes.io/legacy-token-invalid-since"

Lookup = Callable[[str, str, str], View | None]  # (resource, namespace, name)


class NotValid(Exception):
    """In upstream's words."""


def claims(owner: View, secret: View) -> Object:
    meta = owner["metadata"]
    namespace, name = meta["namespace"], meta["name"]
    return {
        "iss": ISSUER,
        "sub": account_name(namespace, name),
        f"{CLAIM}namespace": namespace,
        f"{CLAIM}secret.name": secret["metadata"]["name"],
        f"{CLAIM}service-account.name": name,
        f"{CLAIM}service-account.uid": meta["uid"],
    }


def check(said: Mapping[str, Any], token: str, lookup: Lookup) -> User:
    """Who bears the token, if it still lies in its Secret. Raises NotValid."""
    namespace, name, uid, secret = (
        said.get(f"{CLAIM}{key}") or ""
        for key in ("namespace", "service-account.name", "service-account.uid", "secret.name")
    )
    if said.get("sub") != account_name(namespace, name) or not (uid and secret):
        raise NotValid("sub claim is invalid")
    check_secret(lookup("secrets", namespace, secret), token)
    owner = lookup("serviceaccounts", namespace, name)
    if owner is None or is_going(owner):
        raise NotValid(f"ServiceAccount {namespace}/{name} has been deleted")
    if owner["metadata"]["uid"] != uid:
        present = owner["metadata"]["uid"]
        raise NotValid(f"ServiceAccount UID ({present}) does not match claim ({uid})")
    return account(namespace, name, uid)


def check_secret(secret: View | None, token: str) -> None:
    if secret is None or is_going(secret):
        raise NotValid("service account token has been invalidated")
    kept = b64decode((secret.get("data") or {}).get("token") or "")
    if not compare_digest(kept, token.encode()):
        raise NotValid("service account token does not match server's copy")
    if (get(secret, "metadata.labels") or {}).get(INVALID_SINCE):
        raise NotValid("the token in secret has been marked as invalid")
