"""``kubectl --as``: a request in another's name, for those who may impersonate them.

Source: ``k8s.io/apiserver/pkg/endpoints/filters/impersonation.go``.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from onggi.api.errors import BadRequest, InternalError
from onggi.api.http import User
from onggi.apiserver.authn.users import (
    ACCOUNT_PREFIX,
    ACCOUNTS,
    ANONYMOUS,
    UNAUTHENTICATED,
    authenticated,
)
from onggi.apiserver.authz.attributes import Attributes, Authorizer, refusal

NAME, UID, GROUP, EXTRA = (f"impersonate-{part}" for part in ("user", "uid", "group", "extra-"))
AUTHENTICATION = "authentication.k8s.io"
SEPARATOR = "\n"  # between the values of a repeated header: no value can contain it


def impersonate(authorizer: Authorizer, user: User, headers: Mapping[str, str]) -> User:
    """Who the request is made as. ``headers`` have lower-case names; the values of one that is
    repeated are joined by ``SEPARATOR``. Raises Forbidden, BadRequest."""
    if not any(name.startswith("impersonate-") for name in headers):
        return user
    wanted = _wanted(headers)
    for asked in _asked(user, wanted):
        decision = authorizer.authorize(asked)
        if not decision.allowed:
            raise refusal(asked, decision.reason)
    if wanted.name == ANONYMOUS.name:
        return wanted if UNAUTHENTICATED in wanted.groups else ANONYMOUS
    return authenticated(_with_account_groups(wanted))


def _wanted(headers: Mapping[str, str]) -> User:
    name = headers.get(NAME, "")
    groups = tuple(g for g in headers.get(GROUP, "").split(SEPARATOR) if g)
    extra = {
        unquote(key.removeprefix(EXTRA)): tuple(value.split(SEPARATOR))
        for key, value in headers.items()
        if key.startswith(EXTRA)
    }
    wanted = User(name, groups, headers.get(UID, ""), extra)
    if not name and (groups or extra or wanted.uid):
        raise InternalError("requested impersonation without impersonating a user")
    if not name:
        raise BadRequest("an empty user cannot be impersonated")
    return wanted


def _asked(user: User, wanted: User) -> Iterator[Attributes]:
    """What the asker must be allowed, one by one."""
    base = Attributes(user, "impersonate", version="v1")
    if account := _account(wanted.name):
        yield base._replace(resource="serviceaccounts", namespace=account[0], name=account[1])
    else:
        yield base._replace(resource="users", name=wanted.name)
    for group in wanted.groups:
        yield base._replace(resource="groups", name=group)
    base = base._replace(group=AUTHENTICATION)
    for key, values in wanted.extra.items():
        for value in values:
            yield base._replace(resource="userextras", subresource=key, name=value)
    if wanted.uid:
        yield base._replace(resource="uids", name=wanted.uid)


def _account(name: str) -> tuple[str, str] | None:
    """Namespace and name, where the user is a service account."""
    parts = name.removeprefix(ACCOUNT_PREFIX).split(":")
    if not name.startswith(ACCOUNT_PREFIX) or len(parts) != 2 or not all(parts):
        return None
    return parts[0], parts[1]


def _with_account_groups(wanted: User) -> User:
    """A service account without named groups has those it has by nature."""
    account = _account(wanted.name)
    if account is None or wanted.groups:
        return wanted
    return User(wanted.name, (ACCOUNTS, f"{ACCOUNTS}:{account[0]}"), wanted.uid, wanted.extra)
