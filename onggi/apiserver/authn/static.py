"""Tokens from a file, as upstream's ``--token-auth-file``: ``token,user,uid,"group1,group2"``.

Only digests are kept, and they are compared in constant time.
Source: ``k8s.io/apiserver/pkg/authentication/token/tokenfile``.
"""

import csv
import hmac
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from onggi.api.http import User
from onggi.apiserver.authn.users import authenticated

Known = tuple[tuple[bytes, User], ...]


class TokenFileError(ValueError):
    """The file cannot be used; the text names the line."""


def read(path: Path) -> Known:
    """Raises TokenFileError; OSError where the file cannot be read."""
    return tuple(parse(path.read_text().splitlines(), str(path)))


def parse(lines: Iterable[str], source: str) -> Iterator[tuple[bytes, User]]:
    for number, row in enumerate(csv.reader(lines, skipinitialspace=True), 1):
        if not row or row[0].startswith("#"):
            continue
        if len(row) < 3:
            raise TokenFileError(
                f"{source}:{number}: expected at least 3 columns (token, user name, user uid), "
                f"found {len(row)}"
            )
        if not row[0] or not row[1]:
            raise TokenFileError(f"{source}:{number}: an empty token or user name")
        groups = tuple(g for g in row[3].split(",") if g) if len(row) > 3 else ()
        yield digest(row[0]), authenticated(User(row[1], groups, row[2]))


def digest(token: str) -> bytes:
    return sha256(token.encode(errors="surrogateescape")).digest()


def find(known: Known, wanted: bytes) -> User | None:
    """The user of a token's digest. Every entry is compared, whichever one matches."""
    found: User | None = None
    for held, user in known:
        if hmac.compare_digest(held, wanted):
            found = user
    return found
