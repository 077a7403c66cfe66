"""Who this server is to an extension server, and in whose name it asks: the front proxy.

A certificate of an authority of its own proves the first; headers say the second. An extension
server finds that authority in the ConfigMap ``extension-apiserver-authentication``.
Source: ``k8s.io/client-go/transport/round_trippers.go`` (SetAuthProxyHeaders).
"""

import json
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from onggi.api.http import User

CLIENT = "front-proxy-client"
USER, GROUP, UID, EXTRA = "X-Remote-User", "X-Remote-Group", "X-Remote-Uid", "X-Remote-Extra-"
LEGAL = "!#$&'*+.^_`|~-"  # of a header's name, besides letters and digits; no percent sign


class Identity:
    """``certificate`` is a PEM file with key and certificate; None: nobody can be proved."""

    def __init__(self, certificate: Path | None) -> None:
        self._certificate = certificate
        self._contexts: dict[tuple[str, bool], ssl.SSLContext] = {}

    def forget(self) -> None:
        """The certificate was made anew."""
        self._contexts.clear()

    def context(self, trust: str, insecure: bool) -> ssl.SSLContext:
        """TLS as this server, with whom ``trust`` (PEM; empty: the machine's) names. Raises
        ssl.SSLError."""
        found = self._contexts.get((trust, insecure))
        if found is None:
            found = self._contexts[trust, insecure] = self._made(trust, insecure)
        return found

    def _made(self, trust: str, insecure: bool) -> ssl.SSLContext:
        found = ssl.create_default_context(cadata=trust or None)
        found.minimum_version = ssl.TLSVersion.TLSv1_2
        if insecure:
            found.check_hostname = False
            found.verify_mode = ssl.CERT_NONE
        if self._certificate:
            found.load_cert_chain(self._certificate)
        return found


def headers(user: User) -> Iterator[tuple[str, str]]:
    """Who the request is from, for a server that trusts us to say so."""
    yield USER, one_line(user.name)
    if user.uid:
        yield UID, one_line(user.uid)
    for group in user.groups:
        yield GROUP, one_line(group)
    for key, values in user.extra.items():
        for value in values:
            yield EXTRA + quote(key, safe=LEGAL), one_line(value)


def one_line(text: str) -> str:
    """No name may end its header and begin another."""
    return "".join(char if char.isprintable() else " " for char in text)


def published(authority: str) -> Mapping[str, str]:
    """What extension servers read to trust us; ``authority`` is PEM."""
    return {
        "requestheader-allowed-names": json.dumps([CLIENT]),
        "requestheader-client-ca-file": authority,
        "requestheader-extra-headers-prefix": json.dumps([EXTRA]),
        "requestheader-group-headers": json.dumps([GROUP]),
        "requestheader-uid-headers": json.dumps([UID]),
        "requestheader-username-headers": json.dumps([USER]),
    }
