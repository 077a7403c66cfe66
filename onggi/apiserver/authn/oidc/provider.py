"""One issuer of tokens: its keys, kept while they are good, and what they have signed.

Authentication does not wait; what it needs from elsewhere it asks for by raising ``KeysWanted``,
and whoever serves the request fetches and asks again.
"""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from onggi.api.http import User
from onggi.apiserver import unusable
from onggi.apiserver.authn.accounts import ISSUER, Refused
from onggi.apiserver.authn.oidc.claims import user_of
from onggi.apiserver.authn.oidc.config import BadConfig, Issuer, read
from onggi.apiserver.authn.oidc.fetch import keys
from onggi.apiserver.authn.static import digest
from onggi.apiserver.authn.wanted import KeysWanted

log = logging.getLogger(__name__)

ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"]
FRESH = timedelta(hours=1)  # after which the keys are asked for again
SELDOM = timedelta(seconds=10)  # between two questions
REMEMBERED = 4096  # tokens
OPTIONS: Any = {  # times are checked at every use, not only at the first
    "require": ["exp", "iss", "sub"],
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}

Fetch = Callable[[Issuer], Awaitable[Mapping[str, Any]]]  # the JSON Web Key Set


class Provider:
    def __init__(self, issuer: Issuer, fetch: Fetch, clock: Callable[[], datetime]) -> None:
        self.issuer = issuer
        self._fetch, self._clock = fetch, clock
        self._keys: Mapping[str, Any] = {}
        self._asked: datetime | None = None
        self._got: datetime | None = None
        self._known: OrderedDict[bytes, Mapping[str, Any]] = OrderedDict()

    @property
    def url(self) -> str:
        return self.issuer.url

    def user_of(self, token: str) -> User:
        """Raises Refused; KeysWanted where it may be good for all that is known."""
        key = digest(token)
        claims = self._known.get(key)
        if claims is None:
            claims = self._known[key] = self._verified(token)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        self._check_times(claims)
        return user_of(self.issuer, claims)

    def _verified(self, token: str) -> Mapping[str, Any]:
        from jwt import InvalidTokenError, decode

        try:
            found: Mapping[str, Any] = decode(
                token,
                self._key_of(token),
                ALGORITHMS,
                issuer=self.issuer.url,
                audience=self.issuer.audiences,
                options=OPTIONS,
            )
        except InvalidTokenError as error:
            raise Refused(f"oidc: verify token: {error}") from error
        return found

    def _key_of(self, token: str) -> Any:
        from jwt import get_unverified_header

        name = get_unverified_header(token).get("kid", "")
        if self._may_ask() and (name not in self._keys or self._are_old()):
            raise KeysWanted(self.refresh)
        if name not in self._keys:
            raise Refused("oidc: verify token: failed to verify signature: no matching key")
        return self._keys[name]

    def _may_ask(self) -> bool:
        return self._asked is None or self._clock() - self._asked >= SELDOM

    def _are_old(self) -> bool:
        return self._got is None or self._clock() - self._got >= FRESH

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        at = self._clock().timestamp()
        if at >= claims["exp"]:
            raise Refused("oidc: verify token: token is expired")
        if at < claims.get("nbf", 0):
            raise Refused("oidc: verify token: token is not valid yet")

    async def refresh(self) -> None:
        """Ask for the keys; those that are known stay where the issuer does not answer."""
        from jwt import PyJWK, PyJWKError

        self._asked = self._clock()
        try:
            document = await self._fetch(self.issuer)
            found = {
                key.get("kid", ""): PyJWK(key).key
                for key in document["keys"]
                if key.get("kty") in ("RSA", "EC") and key.get("use", "sig") == "sig"
            }
        except (OSError, ValueError, KeyError, TypeError, TimeoutError, PyJWKError) as error:
            log.warning("the keys of %s cannot be had: %s", self.issuer.url, error)
            return
        if found.keys() != self._keys.keys():
            self._known.clear()
        self._keys, self._got = found, self._clock()


def load(path: Path, clock: Callable[[], datetime]) -> dict[str, Any]:
    """What ``onggi.apiserver.access.access`` takes, from a file. Raises BadConfig."""
    found = unusable.load(path, lambda document: read(document, ISSUER), BadConfig)
    issuers = [Provider(issuer, keys, clock) for issuer in found.issuers]
    anonymous = {} if found.anonymous is None else {"anonymous": found.anonymous}
    return {"issuers": issuers, **anonymous}
