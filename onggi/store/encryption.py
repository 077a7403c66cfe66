"""What the state file hides from whoever copies it: Secrets, sealed with AES-GCM.

``DATA/pki/encryption.json`` is an ``EncryptionConfiguration`` as kube-apiserver takes it
(apiserver.config.k8s.io/v1), with the providers ``aesgcm`` and ``identity``. The first provider's
first key writes, all of them read; whatever another key wrote is rewritten at the next start. A
row that is sealed begins with upstream's prefix and the key's name; its key, resource, name and
revision are authenticated, so that no row can stand in for another.

Source: https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
"""

import base64
import json
import os
from binascii import Error as NotBase64
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onggi.client import private_file
from onggi.store.store import Corrupt, Key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PREFIX = b"k8s:enc:aesgcm:v1:"
NONCE = 12  # bytes
SIZES = (16, 24, 32)  # of keys, in bytes
KINDS = ("EncryptionConfiguration", "EncryptionConfig")


@dataclass(frozen=True, slots=True)
class Rule:
    """How one resource is kept: ``writes`` is the name of a key, empty for plain text."""

    writes: str
    keys: Mapping[str, bytes]


class Seals:
    """``seal`` before a row is written, ``unseal`` when it is read."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self._rules = rules
        self._ciphers: dict[bytes, AESGCM] = {}

    @property
    def resources(self) -> Collection[str]:
        return self._rules.keys()

    def seal(self, key: Key, revision: int, data: bytes) -> bytes:
        rule = self._rules.get(key.resource)
        if rule is None or not rule.writes:
            return data
        nonce = os.urandom(NONCE)
        sealed = self._cipher(rule.keys[rule.writes]).encrypt(nonce, data, about(key, revision))
        return head(rule.writes) + nonce + sealed

    def unseal(self, key: Key, revision: int, data: bytes) -> bytes:
        """Raises Corrupt where no key opens it."""
        if not data.startswith(PREFIX):
            return data
        from cryptography.exceptions import InvalidTag

        head, _, body = data[len(PREFIX) :].partition(b":")
        name, rule = head.decode(errors="replace"), self._rules.get(key.resource)
        secret = rule.keys.get(name) if rule else None
        if secret is None:
            raise Corrupt(missing(key, name))
        try:
            opened = self._cipher(secret).decrypt(body[:NONCE], body[NONCE:], about(key, revision))
        except InvalidTag:
            raise Corrupt(wrong(key, name)) from None
        return opened

    def is_stale(self, resource: str, data: bytes) -> bool:
        """Written otherwise than it would be now."""
        rule = self._rules.get(resource)
        wanted = head(rule.writes) if rule and rule.writes else b""
        return not data.startswith(wanted) if wanted else data.startswith(PREFIX)

    def _cipher(self, secret: bytes) -> "AESGCM":
        found = self._ciphers.get(secret)
        if found is None:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # only with Secrets

            found = self._ciphers[secret] = AESGCM(secret)
        return found


NOTHING = Seals({})


def head(name: str) -> bytes:
    return PREFIX + name.encode() + b":"


def about(key: Key, revision: int) -> bytes:
    """What a sealed row is bound to."""
    return "\0".join((*key, str(revision))).encode()


def missing(key: Key, name: str) -> str:
    return (
        f"{key.resource} {key.namespace}/{key.name} is encrypted with the key {name!r}, which "
        "encryption.json does not have. Put that key back (after the one that writes)."
    )


def wrong(key: Key, name: str) -> str:
    return (
        f"{key.resource} {key.namespace}/{key.name} cannot be decrypted: the key {name!r} in "
        "encryption.json is not the one that it was written with, or the row was changed."
    )


def load(path: Path) -> Seals:
    """The seals that a file describes; it is made, with a new key, where there is none.

    Raises Corrupt with what is wrong in it and what would be right.
    """
    if not path.exists():
        create(path)
    try:
        document = json.loads(path.read_text())
        return Seals(dict(rules(document)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Corrupt(f"{path} cannot be used ({explained(error)}).") from error


def explained(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def create(path: Path) -> None:
    """One key, for Secrets. Durable and its owner's alone before anything is written with it."""
    secret = base64.b64encode(os.urandom(max(SIZES))).decode()
    providers = [{"aesgcm": {"keys": [{"name": "key1", "secret": secret}]}}, {"identity": {}}]
    document = {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": KINDS[0],
        "resources": [{"resources": ["secrets"], "providers": providers}],
    }
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    private_file.write(path, json.dumps(document, indent=2) + "\n")
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def rules(document: Any) -> Iterator[tuple[str, Rule]]:
    """Resource → rule; of two entries for one resource the first holds, as upstream's."""
    if document["kind"] not in KINDS:
        raise ValueError(f"its kind must be {KINDS[0]}")
    for entry in reversed(document["resources"]):
        found = rule(entry["providers"])
        for resource in entry["resources"]:
            if "*" in resource:
                raise ValueError(f"{resource}: name each resource, such as secrets")
            yield resource, found


@dataclass
class Reading:
    """What the providers of one entry amount to, as they are read."""

    keys: dict[str, bytes] = field(default_factory=dict)
    writes: str | None = None


def rule(providers: Any) -> Rule:
    reading = Reading()
    for provider in providers:
        ((kind, settings),) = provider.items()
        if kind == "aesgcm":
            take_keys(reading, settings["keys"])
        elif kind != "identity":
            raise ValueError(f"provider {kind} is not known: use aesgcm or identity")
        elif reading.writes is None:
            reading.writes = ""
    if reading.writes is None:
        raise ValueError("an entry needs a provider: aesgcm or identity")
    return Rule(reading.writes, reading.keys)


def take_keys(reading: Reading, keys: Any) -> None:
    for key in keys:
        name = key["name"]
        if not name or ":" in name or name in reading.keys:
            raise ValueError(f"key name {name!r}: one that is unique and without a colon, please")
        reading.keys[name] = secret_of(name, key["secret"])
        if reading.writes is None:
            reading.writes = name


def secret_of(name: str, text: str) -> bytes:
    try:
        secret = base64.b64decode(text, validate=True)
    except NotBase64:
        raise ValueError(f"the secret of key {name!r} is not base64") from None
    if len(secret) not in SIZES:
        raise ValueError(
            f"the secret of key {name!r} has {len(secret)} bytes: 16, 24 or 32, please "
            "(head -c 32 /dev/urandom | base64)"
        )
    return secret
