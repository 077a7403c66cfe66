"""Every service account has a Secret with a token of its own, and names it.

Kubernetes did so until v1.23; since then tokens are asked for (``serviceaccounts/token``) and pods
get short-lived ones. Clients and conformance tests of that time wait for ``secrets`` of an account,
so it is kept as a setting. Source: ``pkg/controller/serviceaccount/tokens_controller.go``
(v1.23, ``ensureReferencedToken``).
"""

from datetime import datetime

from onggi.api.objects import Object, View, is_going
from onggi.api.plan import Action, Controller, Create, Plan, Update, Wake, World
from onggi.kinds.core.secret import ACCOUNT_NAME, ACCOUNT_UID, SECRET, TOKEN_TYPE
from onggi.kinds.core.serviceaccount.kind import SERVICEACCOUNT
from onggi.kinds.core.serviceaccount.tokens import is_token, owner_of


def reconcile(account: View, world: World, now: datetime) -> Plan:
    if is_going(account):
        return Plan()
    found = tokens(account, world)
    named = {reference.get("name") for reference in account.get("secrets") or ()}
    if any(secret["metadata"]["name"] in named for secret in found):
        return Plan()
    if found:  # made, but the account was not told: a crash, or somebody's edit
        return Plan([name_it(account, found[0])])
    return Plan([Create(SECRET, new_secret(account), done=lambda made: [name_it(account, made)])])


def tokens(account: View, world: World) -> list[View]:
    """The account's own, oldest first."""
    meta = account["metadata"]
    mine = (meta["name"], meta["uid"])
    found = [
        secret
        for secret in world.all(SECRET, meta["namespace"])
        if is_token(secret) and owner_of(secret) == mine
    ]
    return sorted(found, key=lambda s: (s["metadata"]["creationTimestamp"], s["metadata"]["name"]))


def new_secret(account: View) -> Object:
    """The controller of tokens fills it in."""
    meta = account["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "generateName": f"{meta['name']}-token-",
            "namespace": meta["namespace"],
            "annotations": {ACCOUNT_NAME: meta["name"], ACCOUNT_UID: meta["uid"]},
        },
        "type": TOKEN_TYPE,
    }


def name_it(account: View, secret: View) -> Action:
    references = [*(account.get("secrets") or ()), {"name": secret["metadata"]["name"]}]
    return Update(SERVICEACCOUNT, {**account, "secrets": references})


def owner(secret: View, world: World) -> list[Wake]:
    if not is_token(secret):
        return []
    return [(secret["metadata"]["namespace"], owner_of(secret)[0])]


ACCOUNT_SECRETS = Controller(
    name="serviceaccount-token-controller",
    account="token-controller",
    kind=SERVICEACCOUNT,
    reconcile=reconcile,
    watches={SECRET: owner},
    whole={SECRET: is_token},
)
