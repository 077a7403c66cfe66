"""An ``AuthenticationConfiguration`` (apiserver.config.k8s.io/v1), read and checked. Pure.

Source: ``k8s.io/apiserver/pkg/apis/apiserver/v1/types.go``, ``…/validation/validation.go``.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from onggi.api.cel.environment import Environment
from onggi.api.cel.errors import CelErrors
from onggi.api.cel.program import Program, compile
from onggi.api.cel.request import USER, typed
from onggi.api.cel.types import BOOL, DYN, STRING, Type
from onggi.apiserver.unusable import Unusable

KIND = "AuthenticationConfiguration"
VERSIONS = ("apiserver.config.k8s.io/v1", "apiserver.config.k8s.io/v1beta1")
CLAIMS, WHO = (
    Environment({"claims": DYN}),
    Environment({"user": typed(USER, "kubernetes.UserInfo")}),
)
EXTRA_KEY = re.compile(r"[a-z0-9.-]+/[a-z0-9._/-]+")
RESERVED = ("kubernetes.io", "k8s.io")


class BadConfig(Unusable):
    """A file that cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where one property of a user comes from: a claim, or an expression."""

    claim: str = ""
    prefix: str = ""
    program: Program | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One rule that claims, or the user made of them, must pass."""

    message: str
    program: Program | None = None
    claim: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """One entry of ``jwt``. ``authority`` is PEM; empty: the system's authorities."""

    url: str
    discovery: str
    audiences: tuple[str, ...]
    authority: str
    username: Source
    groups: Source | None
    uid: Source | None
    extra: Mapping[str, Program]
    claim_checks: tuple[Check, ...]
    user_checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Config:
    """``anonymous`` are the paths on which nobody need say who they are; None: as ever."""

    issuers: tuple[Issuer, ...]
    anonymous: tuple[str, ...] | bool | None = None


def read(document: Any, own: str) -> Config:
    """``own`` is the issuer of service account tokens. Raises BadConfig."""
    if not isinstance(document, Mapping):
        raise BadConfig("it holds no object")
    if document.get("kind") != KIND or document.get("apiVersion") not in VERSIONS:
        raise BadConfig(f"it must begin with apiVersion: {VERSIONS[0]}, kind: {KIND}")
    Fields("").known(document, "jwt", "anonymous", "apiVersion", "kind")
    entries = document.get("jwt") or []
    issuers = tuple(issuer(each, Fields(f"jwt[{i}]")) for i, each in enumerate(entries))
    urls = [each.url for each in issuers]
    for index, url in enumerate(urls):
        if url == own or url in urls[:index]:
            raise BadConfig(f"jwt[{index}].issuer.url: Duplicate value: {url!r}")
    return Config(issuers, anonymous(document.get("anonymous")))


@dataclass(frozen=True)
class Fields:
    """A place in the document, for what is said about it."""

    place: str

    def __truediv__(self, name: str) -> "Fields":
        return Fields(f"{self.place}.{name}")

    def wrong(self, why: str) -> BadConfig:
        return BadConfig(f"{self.place}: {why}")

    def known(self, given: Any, *names: str) -> Mapping[str, Any]:
        if not isinstance(given, Mapping):
            raise self.wrong("it must be an object")
        if unknown := given.keys() - set(names):
            raise self.wrong(f"unknown field {sorted(unknown)[0]!r}")
        return given

    def compiled(self, text: str, environment: Environment, *types: Type) -> Program:
        try:
            program = compile(text, environment)
        except CelErrors as errors:
            raise self.wrong(f"{errors.stage}: {errors}") from None
        if types and program.type not in (*types, DYN):
            wanted = " or ".join(str(t) for t in types)
            raise self.wrong(f"must evaluate to {wanted}")
        return program


def issuer(given: Any, at: Fields) -> Issuer:
    at.known(given, "issuer", "claimValidationRules", "claimMappings", "userValidationRules")
    place = at / "issuer"
    about = place.known(
        given.get("issuer"), "url", "discoveryURL", "certificateAuthority", "audiences",
        "audienceMatchPolicy",
    )  # fmt: skip
    maps = (at / "claimMappings").known(
        given.get("claimMappings") or {}, "username", "groups", "uid", "extra"
    )
    url, mapping = https(about.get("url"), place / "url"), at / "claimMappings"
    found = about.get("discoveryURL")
    return Issuer(
        url=url,
        discovery=https(found, place / "discoveryURL") if found else discovery(url),
        audiences=audiences(about, place),
        authority=about.get("certificateAuthority") or "",
        username=named(maps, mapping, "username"),
        groups=source(maps["groups"], mapping / "groups") if maps.get("groups") else None,
        uid=uid(maps["uid"], mapping / "uid") if maps.get("uid") else None,
        extra=extra(maps.get("extra") or [], mapping / "extra"),
        claim_checks=checks(given, at, "claimValidationRules", CLAIMS),
        user_checks=checks(given, at, "userValidationRules", WHO),
    )


def discovery(url: str) -> str:
    return f"{url.rstrip('/')}/.well-known/openid-configuration"


def https(url: Any, at: Fields) -> str:
    parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
    if parts.scheme != "https" or not parts.netloc:
        raise at.wrong("URL scheme must be https")
    if parts.username or parts.query or parts.fragment:
        raise at.wrong("must not contain a username, a query or a fragment")
    return str(url)


def audiences(about: Mapping[str, Any], at: Fields) -> tuple[str, ...]:
    found = tuple(about.get("audiences") or ())
    if not found or not all(isinstance(each, str) and each for each in found):
        raise (at / "audiences").wrong("at least one audience is required, and none empty")
    policy = about.get("audienceMatchPolicy") or ""
    if policy not in ("", "MatchAny") or (len(found) > 1 and not policy):
        raise (at / "audienceMatchPolicy").wrong("must be MatchAny for multiple audiences")
    return found


def named(maps: Mapping[str, Any], at: Fields, name: str) -> Source:
    if not maps.get(name):
        raise (at / name).wrong("claim or expression is required")
    return source(maps[name], at / name)


def source(given: Any, at: Fields) -> Source:
    at.known(given, "claim", "prefix", "expression")
    claim, text = given.get("claim") or "", given.get("expression") or ""
    if bool(claim) == bool(text):
        raise at.wrong("exactly one of claim and expression must be set")
    if text and given.get("prefix") is not None:
        raise at.wrong("prefix can't be set when expression is set")
    if claim and given.get("prefix") is None:
        raise at.wrong('prefix is required when claim is set; it can be set to "" for none')
    if text:
        return Source(program=(at / "expression").compiled(text, CLAIMS))
    return Source(claim, given["prefix"])


def uid(given: Any, at: Fields) -> Source:
    at.known(given, "claim", "expression")
    claim, text = given.get("claim") or "", given.get("expression") or ""
    if bool(claim) == bool(text):
        raise at.wrong("exactly one of claim and expression must be set")
    program = (at / "expression").compiled(text, CLAIMS, STRING) if text else None
    return Source(claim, "", program)


def extra(given: Sequence[Any], at: Fields) -> Mapping[str, Program]:
    found: dict[str, Program] = {}
    for index, each in enumerate(given):
        place = Fields(f"{at.place}[{index}]")
        place.known(each, "key", "valueExpression")
        key = each.get("key") or ""
        domain = key.partition("/")[0]
        if not EXTRA_KEY.fullmatch(key) or key in found:
            raise (place / "key").wrong(f"{key!r}: unique, lower-case, and example.com/name")
        if any(domain == own or domain.endswith(f".{own}") for own in RESERVED):
            raise (place / "key").wrong(f"{key!r}: k8s.io and kubernetes.io are reserved")
        text = each.get("valueExpression") or ""
        found[key] = (place / "valueExpression").compiled(text, CLAIMS)
    return found


def checks(
    given: Mapping[str, Any], at: Fields, name: str, environment: Environment
) -> tuple[Check, ...]:
    made: Callable[..., Check] = claim_check if environment is CLAIMS else user_check
    rules = given.get(name) or []
    return tuple(made(each, Fields(f"{at.place}.{name}[{i}]")) for i, each in enumerate(rules))


def claim_check(given: Any, at: Fields) -> Check:
    at.known(given, "claim", "requiredValue", "expression", "message")
    claim, text = given.get("claim") or "", given.get("expression") or ""
    if bool(claim) == bool(text):
        raise at.wrong("exactly one of claim and expression must be set")
    if claim:
        return Check("", claim=claim, value=given.get("requiredValue") or "")
    program = (at / "expression").compiled(text, CLAIMS, BOOL)
    return Check(given.get("message") or "", program)


def user_check(given: Any, at: Fields) -> Check:
    at.known(given, "expression", "message")
    program = (at / "expression").compiled(given.get("expression") or "", WHO, BOOL)
    return Check(given.get("message") or "", program)


def anonymous(given: Any) -> tuple[str, ...] | bool | None:
    if given is None:
        return None
    at = Fields("anonymous")
    at.known(given, "enabled", "conditions")
    conditions = given.get("conditions") or []
    if not given.get("enabled"):
        if conditions:
            raise (at / "conditions").wrong("enabled should be set to true when there are any")
        return False
    paths = tuple(at.known(each, "path").get("path") for each in conditions)
    return tuple(str(path) for path in paths) or True
