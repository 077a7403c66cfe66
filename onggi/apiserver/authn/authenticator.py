"""Who asks: by certificate, by token, or nobody.

A signature is verified once; what a token is bound to is looked up each time, which costs next to
nothing and lets a token die with its pod. Source: ``k8s.io/apiserver/pkg/authentication``.
"""

import json
import logging
from base64 import urlsafe_b64decode
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from onggi.api.errors import Unauthorized
from onggi.api.http import Request, User
from onggi.apiserver.authn.accounts import Keys, Lookup, Refused, Verified, check
from onggi.apiserver.authn.static import Known, digest, find
from onggi.apiserver.authn.users import ANONYMOUS
from onggi.apiserver.authz.rules import listed

log = logging.getLogger(__name__)
REMEMBERED = 4096
WEBSOCKET = "base64url.bearer.authorization.k8s.io."


class Issuer(Protocol):
    """Somebody else who makes tokens for us, such as an OpenID Connect provider."""

    @property
    def url(self) -> str:
        """``iss`` of its tokens."""

    def user_of(self, token: str) -> User:
        """Raises Refused, KeysWanted."""


class Authenticator:
    """``audiences`` are the server's own: a token of ours must be meant for one of them.

    ``anonymous`` says whether anybody need not say who they are, or on which paths.
    """

    def __init__(
        self,
        keys: Keys,
        lookup: Lookup,
        clock: Callable[[], datetime],
        *,
        static: Known = (),
        anonymous: bool | Collection[str] = True,
        issuers: Iterable[Issuer] = (),
    ) -> None:
        self.keys, self.audiences = keys, (keys.issuer,)
        self._lookup, self.clock = lookup, clock
        self._static, self._anonymous = static, anonymous
        self._issuers = {issuer.url: issuer for issuer in issuers}
        self._verified: OrderedDict[bytes, Verified] = OrderedDict()

    def authenticate(self, request: Request) -> User:
        """``request.user``, if the connection told already; else the bearer of its token.

        Raises Unauthorized for a token that is not good, and where nobody may be anonymous.
        """
        if request.user is not None:
            return request.user
        token = bearer(request)
        if not token:
            if self._anonymous is True or (self._anonymous and request.path in self._anonymous):
                return ANONYMOUS
            raise Unauthorized
        try:
            return self.user_of(token, self.audiences)[0]
        except Refused as refused:
            log.info("refused a token: %s", refused)
            raise Unauthorized from None

    def user_of(self, token: str, audiences: Collection[str]) -> tuple[User, Sequence[str]]:
        """The bearer, and for which of ``audiences`` the token was made. Raises Refused."""
        key = digest(token)
        if user := find(self._static, key):
            meant = [a for a in audiences if a in self.audiences]
            if not meant:
                raise Refused("token audiences do not match")
            return user, meant
        if self._issuers and (issuer := self._issuers.get(issuer_of(token))):
            return issuer.user_of(token), [a for a in audiences if a in self.audiences]
        verified = self._verify(token, key)
        meant = [a for a in audiences if a in verified.audiences]
        if not meant:
            held, asked = listed(verified.audiences), listed(audiences)
            raise Refused(f"token audiences {held} is invalid for the target audiences {asked}")
        return check(verified, self._lookup, self.clock()), meant

    def _verify(self, token: str, key: bytes) -> Verified:
        found = self._verified.get(key)
        if found is None:
            found = self.keys.verify(token)
            if found is None:
                raise Refused("invalid bearer token")
            self._verified[key] = found
            if len(self._verified) > REMEMBERED:
                self._verified.popitem(last=False)
        return found


def issuer_of(token: str) -> str:
    """Whose it says it is; nothing is verified yet."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, IndexError):
        return ""
    return str(claims.get("iss", "")) if isinstance(claims, dict) else ""


def bearer(request: Request) -> str:
    """The token of a request; of a WebSocket, among the subprotocols it offers."""
    scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    for protocol in request.headers.get("sec-websocket-protocol", "").split(","):
        if protocol.strip().startswith(WEBSOCKET):
            text = protocol.strip().removeprefix(WEBSOCKET)
            try:
                return urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
            except ValueError:
                raise Unauthorized from None
    return ""
