"""From the claims of a verified token to the user it stands for. Pure.

Source: ``k8s.io/apiserver/plugin/pkg/authenticator/token/oidc/oidc.go``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from onggi.api.cel.errors import BudgetExceeded, CelError
from onggi.api.cel.program import Program
from onggi.api.http import User
from onggi.apiserver.authn.accounts import Refused
from onggi.apiserver.authn.oidc.config import Check, Issuer, Source
from onggi.apiserver.authn.users import authenticated

Claims = Mapping[str, Any]


def user_of(issuer: Issuer, claims: Claims) -> User:
    """Raises Refused."""
    for check in issuer.claim_checks:
        check_claims(check, claims)
    name = username(issuer.username, claims)
    extra = {key: values for key, program in issuer.extra.items()
             if (values := texts(key, evaluated(program, {"claims": claims})))}  # fmt: skip
    user = User(name, tuple(groups(issuer.groups, claims)), uid(issuer.uid, claims), extra)
    for check in issuer.user_checks:
        check_user(check, user)
    return authenticated(user)


def check_claims(check: Check, claims: Claims) -> None:
    if check.program is not None:
        if evaluated(check.program, {"claims": claims}) is not True:
            raise Refused(f"oidc: {check.message or f'validation failed: {check.program.source}'}")
        return
    if check.claim not in claims:
        raise Refused(f"oidc: required claim {check.claim} not present in ID token")
    if claims[check.claim] != check.value:
        raise Refused(
            f"oidc: required claim {check.claim} value does not match. "
            f"Got = {claims[check.claim]}, want = {check.value}"
        )


def check_user(check: Check, user: User) -> None:
    assert check.program is not None
    extra = {key: list(values) for key, values in user.extra.items()}
    said = {"username": user.name, "uid": user.uid, "groups": list(user.groups), "extra": extra}
    if evaluated(check.program, {"user": said}) is not True:
        raise Refused(f"oidc: {check.message or f'validation failed: {check.program.source}'}")


def username(source: Source, claims: Claims) -> str:
    if source.program is not None:
        found = evaluated(source.program, {"claims": claims})
        if not isinstance(found, str) or not found:
            raise Refused("oidc: username claim expression must evaluate to a non-empty string")
        return found
    found = claims.get(source.claim)
    if not isinstance(found, str):
        raise Refused(f"oidc: parse username claims {source.claim!r}: claim not present")
    if source.claim == "email" and claims.get("email_verified", True) is not True:
        raise Refused("oidc: email not verified")
    return f"{source.prefix}{found}"


def groups(source: Source | None, claims: Claims) -> Sequence[str]:
    if source is None:
        return ()
    if source.program is not None:
        return texts("groups", evaluated(source.program, {"claims": claims}))
    found = texts(source.claim, claims.get(source.claim))
    return [f"{source.prefix}{group}" for group in found]


def uid(source: Source | None, claims: Claims) -> str:
    if source is None:
        return ""
    found = (
        evaluated(source.program, {"claims": claims})
        if source.program is not None
        else claims.get(source.claim)
    )
    if not isinstance(found, str):
        raise Refused("oidc: the uid must be a string")
    return found


def texts(name: str, value: Any) -> tuple[str, ...]:
    """One string or a list of them; null and empty ones are nothing."""
    found = [value] if isinstance(value, str) else list(value or ())
    if not all(isinstance(each, str) for each in found):
        raise Refused(f"oidc: {name}: a string or a list of strings was expected")
    return tuple(each for each in found if each)


def evaluated(program: Program, values: Mapping[str, Any]) -> Any:
    try:
        return program.evaluate(values)
    except (CelError, BudgetExceeded) as error:
        raise Refused(f"oidc: error evaluating {program.source!r}: {error}") from error
