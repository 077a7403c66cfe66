"""Service account tokens: what they claim, how they are signed, and what keeps them alive.

A token is bound to its service account and, where it names one, to a Pod, Secret or Node: it dies
with them. Source: ``pkg/serviceaccount/{claims,jwt}.go``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from onggi.api.http import User
from onggi.api.objects import Object, View, get
from onggi.api.times import parse
from onggi.apiserver.authn import legacy
from onggi.apiserver.authn.users import CREDENTIAL, account, account_name

ISSUER = "https://kubernetes.default.svc.cluster.local"
ALGORITHM = "ES256"
LEEWAY = timedelta(minutes=1)  # how long after its end an object still backs a token
LONGEST = 16 * 1024  # characters
BOUND = {"pod": "pods", "secret": "secrets", "node": "nodes"}
EXTRA = "authentication.kubernetes.io/"

Lookup = Callable[[str, str, str], View | None]  # (resource, namespace, name)


class Refused(Exception):
    """Why a token is not accepted, in upstream's words."""


class Verified(NamedTuple):
    """A token whose signature is right; whether it is still good depends on the time, and on
    what it is bound to."""

    claims: Mapping[str, Any]
    audiences: tuple[str, ...]
    legacy: str = ""  # the token itself, where it must be the one in a Secret


@dataclass
class Keys:
    """Signs with one key; several may verify (the one before is kept while its tokens live)."""

    signing: Path
    issuer: str = ISSUER
    retired: Sequence[Path] = ()
    _known: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def private(self) -> Any:
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        return load_pem_private_key(self.signing.read_bytes(), None)

    @cached_property
    def public(self) -> Mapping[str, Any]:
        """By key id."""
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        older = [load_pem_private_key(path.read_bytes(), None) for path in self.retired]
        return {key_id(k.public_key()): k.public_key() for k in (self.private, *older)}

    def sign(self, claims: Mapping[str, Any]) -> str:
        from jwt import encode

        head = {"kid": key_id(self.private.public_key())}
        return encode({"iss": self.issuer, **claims}, self.private, ALGORITHM, headers=head)

    def verify(self, token: str) -> Verified | None:
        """None for what is no token of ours; raises Refused for one that is, but wrong."""
        if token.count(".") != 2 or len(token) > LONGEST:
            return None
        from jwt import InvalidTokenError, decode, get_unverified_header

        try:
            key = self.public.get(get_unverified_header(token).get("kid", ""))
            if key is None:
                return None
            issuers = [self.issuer, legacy.ISSUER]
            claims = decode(token, key, [ALGORITHM], issuer=issuers, options=SIGNATURE_ONLY)
        except InvalidTokenError as error:
            raise Refused(f"invalid bearer token: {error}") from error
        if claims["iss"] == legacy.ISSUER:
            return Verified(claims, (self.issuer,), token)
        if "exp" not in claims:
            raise Refused('invalid bearer token: Token is missing the "exp" claim')
        audience = claims.get("aud") or ()
        return Verified(claims, (audience,) if isinstance(audience, str) else tuple(audience))


# Times and audiences are checked at every use, not only at the first.
SIGNATURE_ONLY: Any = {
    "verify_aud": False,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "require": ["iss", "sub"],
}


def key_id(public: Any) -> str:
    """Upstream's: the hash of the key as SubjectPublicKeyInfo."""
    from base64 import urlsafe_b64encode

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return urlsafe_b64encode(sha256(der).digest()).decode().rstrip("=")


class Life(NamedTuple):
    """When a token is made, how long it lives, after how long its use is worth a remark."""

    now: datetime
    seconds: int
    warn_after: int = 0


def claims(owner: View, bound: Mapping[str, View], audiences: Sequence[str], life: Life) -> Object:
    """What a token says. ``bound`` has the objects by the keys of ``BOUND``; ``jti`` is not set."""
    meta, at = owner["metadata"], int(life.now.timestamp())
    private: Object = {
        "namespace": meta["namespace"],
        "serviceaccount": _reference(owner),
        **{kind: _reference(obj) for kind, obj in bound.items()},
    }
    if life.warn_after:
        private["warnafter"] = at + life.warn_after
    return {
        "sub": account_name(meta["namespace"], meta["name"]),
        "aud": list(audiences),
        "iat": at,
        "nbf": at,
        "exp": at + life.seconds,
        "kubernetes.io": private,
    }


def _reference(obj: View) -> Object:
    meta = obj["metadata"]
    return {key: meta[key] for key in ("name", "uid") if meta.get(key)}


def check(verified: Verified, lookup: Lookup, now: datetime) -> User:
    """Who bears the token, if it is still good. Raises Refused."""
    said = verified.claims
    if verified.legacy:
        try:
            return legacy.check(said, verified.legacy, lookup)
        except legacy.NotValid as error:
            raise Refused(str(error)) from None
    at = now.timestamp()
    if at > said["exp"] + LEEWAY.total_seconds():
        raise Refused("service account token has expired")
    if at < said.get("nbf", 0) - LEEWAY.total_seconds():
        raise Refused("service account token is not valid yet")
    private = said.get("kubernetes.io") or {}
    namespace, owner = private.get("namespace", ""), private.get("serviceaccount") or {}
    name = owner.get("name", "")
    found = lookup("serviceaccounts", namespace, name)
    if said["sub"] != account_name(namespace, name) or found is None:
        raise Refused(f'serviceaccounts "{name}" not found')
    if _gone(found, now):
        raise Refused(f"service account {namespace}/{name} has been deleted")
    _same_uid(found, owner, "service account UID ({}) does not match claim ({})")
    for kind, resource in BOUND.items():
        if reference := private.get(kind):
            place = "" if kind == "node" else namespace
            if kind != "node" or not private.get("pod"):
                _check_bound(kind, lookup(resource, place, reference["name"]), reference, now)
    return account(namespace, name, owner.get("uid", ""), **dict(_extra(said, private)))


def _check_bound(kind: str, found: View | None, reference: View, now: datetime) -> None:
    if found is None or _gone(found, now):
        raise Refused("service account token has been invalidated")
    text = f"{kind} UID ({{}}) does not match service account {kind} ref claim ({{}})"
    _same_uid(found, reference, text)


def _same_uid(found: View, reference: View, text: str) -> None:
    present, claimed = found["metadata"].get("uid", ""), reference.get("uid", "")
    if present != claimed:
        raise Refused(text.format(present, claimed))


def _gone(obj: View, now: datetime) -> bool:
    """Deleted for a while, though still there."""
    deleted = get(obj, "metadata.deletionTimestamp")
    return deleted is not None and parse(deleted) < now - LEEWAY


def _extra(said: Mapping[str, Any], private: View) -> Iterator[tuple[str, tuple[str, ...]]]:
    if said.get("jti"):
        yield CREDENTIAL, (f"JTI={said['jti']}",)
    for kind in ("pod", "node"):
        for key, value in (private.get(kind) or {}).items():
            yield f"{EXTRA}{kind}-{key}", (value,)
