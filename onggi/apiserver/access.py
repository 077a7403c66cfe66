"""Authentication and authorization, put together for one API server."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onggi.api.http import Request, Response, User
from onggi.api.objects import Object, View
from onggi.apiserver.admission import CREATE, UPDATE, Lookup, Review
from onggi.apiserver.app import Page
from onggi.apiserver.authn import reviews as who
from onggi.apiserver.authn.accounts import Keys
from onggi.apiserver.authn.authenticator import Authenticator, Issuer
from onggi.apiserver.authn.impersonation import impersonate
from onggi.apiserver.authn.static import Known
from onggi.apiserver.authn.token_requests import TokenRequests
from onggi.apiserver.authz import escalation
from onggi.apiserver.authz import reviews as may
from onggi.apiserver.authz.authorizer import Authorizer
from onggi.apiserver.authz.policy import NODE_RULES
from onggi.apiserver.authz.rbac import GROUP
from onggi.apiserver.call import Backend, Call, Virtual
from onggi.kinds import BUILTIN
from onggi.store.store import Key, Store, encode

Answer = Callable[[User, str, View], Object]


@dataclass
class Access:
    """Hand ``authenticator`` and ``authorizer`` to the app, ``virtual`` to its backend,
    ``pages`` to its pages, ``check_escalation`` to the validating admission plugins."""

    authenticator: "Impersonating"
    authorizer: Authorizer
    tokens: TokenRequests
    keys: Keys

    @property
    def virtual(self) -> Mapping[str, Virtual]:
        """By resource: what answers the creation of a review."""
        by_kind = {**may.handlers(self.authorizer), **who.handlers(self.authenticator.inner)}
        return {k.resource: _adapted(by_kind[k.name]) for k in BUILTIN if k.name in by_kind}

    @property
    def pages(self) -> Mapping[str, Page]:
        """What the issuer of tokens publishes about itself."""

        async def configuration(request: Request, user: User) -> Response:
            return Response(body=encode(who.configuration(self.keys)))

        async def key_set(request: Request, user: User) -> Response:
            body = encode(who.key_set(self.keys))
            return Response(body=body, content_type="application/jwk-set+json")

        return {who.CONFIGURATION: configuration, who.KEYS: key_set}

    def check_escalation(self, review: Review, lookup: Lookup) -> None:
        """Admission: nobody writes a role or binding that gives more than they have."""
        if review.call.kind.group == GROUP and review.operation in (CREATE, UPDATE):
            assert review.obj is not None
            escalation.check(self.authorizer, review.call.user, review.obj, review.old)


class Impersonating:
    """An authenticator that heeds ``Impersonate-…`` headers."""

    def __init__(self, inner: Authenticator, authorizer: Authorizer) -> None:
        self.inner, self._authorizer = inner, authorizer

    def authenticate(self, request: Request) -> User:
        user = self.inner.authenticate(request)
        return impersonate(self._authorizer, user, request.headers) if request.headers else user


def access(
    store: Store,
    keys: Keys,
    clock: Callable[[], datetime],
    *,
    static: Known = (),
    anonymous: bool | Collection[str] = True,
    issuers: Iterable[Issuer] = (),
) -> Access:
    """``store`` is read for roles, bindings, and what tokens are bound to."""

    def lookup(resource: str, namespace: str, name: str) -> View | None:
        record = store.get(Key(resource, namespace, name))
        return record.object if record else None

    authorizer = Authorizer(store, NODE_RULES)
    inner = Authenticator(keys, lookup, clock, static=static, anonymous=anonymous, issuers=issuers)
    tokens = TokenRequests(keys, lookup)
    return Access(Impersonating(inner, authorizer), authorizer, tokens, keys)


def _adapted(answer: Answer) -> Virtual:
    def virtual(backend: Backend, call: Call, obj: Any) -> Object:
        return answer(call.user, call.namespace, obj)

    return virtual
