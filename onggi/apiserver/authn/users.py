"""The users and groups that Kubernetes knows by name, and the user that a certificate names.

Source: ``k8s.io/apiserver/pkg/authentication/user`` and ``…/request/x509``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from onggi.api.http import User

AUTHENTICATED, UNAUTHENTICATED = "system:authenticated", "system:unauthenticated"
MASTERS, NODES = "system:masters", "system:nodes"
ACCOUNTS = "system:serviceaccounts"
ACCOUNT_PREFIX = "system:serviceaccount:"
CREDENTIAL = "authentication.kubernetes.io/credential-id"

ANONYMOUS = User("system:anonymous", (UNAUTHENTICATED,))
SERVER = User("system:apiserver", (MASTERS, AUTHENTICATED))  # the server's own writes


def authenticated(user: User) -> User:
    """With the group that all have who proved who they are."""
    if AUTHENTICATED in user.groups or UNAUTHENTICATED in user.groups:
        return user
    return replace(user, groups=(*user.groups, AUTHENTICATED))


def account_name(namespace: str, name: str) -> str:
    """The user that a service account is."""
    return f"{ACCOUNT_PREFIX}{namespace}:{name}"


def account(namespace: str, name: str, uid: str = "", **extra: tuple[str, ...]) -> User:
    groups = (ACCOUNTS, f"{ACCOUNTS}:{namespace}", AUTHENTICATED)
    return User(account_name(namespace, name), groups, uid, extra)


def user_of_certificate(certificate: Mapping[str, Any] | bytes) -> User | None:
    """Who presents this certificate: its CN and its Os; None where it has no CN.

    Takes what ``ssl.SSLObject.getpeercert()`` returns (that is the cheap way), or DER.
    TLS has verified it already.
    """
    if isinstance(certificate, bytes):
        return _user(list(_names_in(certificate)))
    return _user([pair for relative in certificate.get("subject", ()) for pair in relative])


def _user(names: list[tuple[str, str]]) -> User | None:
    common = [value for name, value in names if name == "commonName"]
    groups = tuple(value for name, value in names if name == "organizationName")
    return authenticated(User(common[0], groups)) if common and common[0] else None


def _names_in(der: bytes) -> Iterator[tuple[str, str]]:
    from cryptography import x509  # a tenth of a second, and rarely needed

    for attribute in x509.load_der_x509_certificate(der).subject:
        yield attribute.oid._name, str(attribute.value)
