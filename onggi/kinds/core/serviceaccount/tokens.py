"""Secrets of type ``kubernetes.io/service-account-token`` get what they are for.

    account_tokens(authority, mint)     the controller; who holds the key mints the token

Nobody gets one unasked: such a Secret is made by a user. Source:
``pkg/controller/serviceaccount/tokens_controller.go``.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import datetime

from onggi.api.objects import Object, View, get, is_going
from onggi.api.plan import Absent, Action, Controller, Delete, Plan, Update, Wake, World
from onggi.kinds.core.secret import ACCOUNT_NAME, ACCOUNT_UID, SECRET, TOKEN_TYPE
from onggi.kinds.core.serviceaccount.kind import SERVICEACCOUNT

Mint = Callable[[View, View], str]  # (account, secret) → the token


def account_tokens(authority: str, mint: Mint) -> Controller:
    def reconcile(secret: View, world: World, now: datetime) -> Plan:
        if not is_token(secret) or is_going(secret):
            return Plan()
        meta = secret["metadata"]
        name, uid = owner_of(secret)
        account = world.get(SERVICEACCOUNT, meta["namespace"], name)
        if account is None or (uid and account["metadata"]["uid"] != uid):
            gone = Absent(SERVICEACCOUNT, meta["namespace"], name, uid)
            return Plan([gone, Delete(SECRET, secret)])
        data = missing(secret, account)
        if not data and (get(secret, "metadata.annotations") or {}).get(ACCOUNT_UID):
            return Plan()
        return Plan([completed(secret, account, data)])

    def missing(secret: View, account: View) -> Object:
        """What is to be written: the CA follows the cluster's, the rest is left alone."""
        present, found = secret.get("data") or {}, {}
        encoded = text(authority)
        if present.get("ca.crt") != encoded:
            found["ca.crt"] = encoded
        if not present.get("namespace"):
            found["namespace"] = text(secret["metadata"]["namespace"])
        if not present.get("token"):
            found["token"] = text(mint(account, secret))
        return found

    return Controller(
        name="legacy-serviceaccount-token-controller",
        account="token-controller",
        kind=SECRET,
        reconcile=reconcile,
        watches={SERVICEACCOUNT: tokens_of},
        whole={SECRET: is_token},
        departed=forget,
    )


def is_token(secret: View) -> bool:
    return secret.get("type") == TOKEN_TYPE


def owner_of(secret: View) -> tuple[str, str]:
    """Name and uid of the account; a new secret knows the name only."""
    annotations = get(secret, "metadata.annotations") or {}
    return annotations.get(ACCOUNT_NAME) or "", annotations.get(ACCOUNT_UID) or ""


def completed(secret: View, account: View, data: Object) -> Update:
    meta = secret["metadata"]
    annotations = {**(meta.get("annotations") or {}), ACCOUNT_UID: account["metadata"]["uid"]}
    new = {
        **secret,
        "metadata": {**meta, "annotations": annotations},
        "data": {**(secret.get("data") or {}), **data},
    }
    return Update(SECRET, new)


def text(value: str) -> str:
    return b64encode(value.encode()).decode()


def tokens_of(account: View, world: World) -> list[Wake]:
    meta = account["metadata"]
    namespace = meta["namespace"]
    return [
        (namespace, secret["metadata"]["name"])
        for secret in world.all(SECRET, namespace)
        if is_token(secret) and owner_of(secret)[0] == meta["name"]
    ]


def forget(secret: View, world: World) -> Sequence[Action]:
    """An account names a token no more that is gone."""
    if not is_token(secret):
        return []
    meta = secret["metadata"]
    account = world.get(SERVICEACCOUNT, meta["namespace"], owner_of(secret)[0])
    named = (account or {}).get("secrets") or []
    left = [reference for reference in named if reference.get("name") != meta["name"]]
    if account is None or len(left) == len(named):
        return []
    return [Update(SERVICEACCOUNT, {**account, "secrets": left})]
