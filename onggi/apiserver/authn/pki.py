"""Certificates: an authority of our own, and what it signs; each in one file, made when needed.

``NAME.pem`` holds a key, its certificate and, before them, what we must know to decide whether it
is still good; it is replaced in one step, readable by its owner only. A start with everything in
place does not even load the cryptography package. The authority's certificate alone, for those
who must trust it, is ``ca.crt``. Renewal keeps the authority's key, so that whoever trusts the old
certificate goes on trusting what is signed.
"""

import json
import re
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onggi.apiserver.authn.users import MASTERS, NODES
from onggi.client.private_file import write

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate, CertificateBuilder

AUTHORITY_LIFE = timedelta(days=3650)
LIFE = timedelta(days=365)
BACKDATED = timedelta(minutes=5)  # for clocks that are behind
FACTS = "onggi: "
PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----\n?", re.DOTALL)


@dataclass(frozen=True)
class Wanted:
    """A certificate: ``name`` is its CN, ``groups`` its Os; ``hosts`` make it a server's."""

    file: str
    name: str
    groups: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()  # names and addresses
    client: bool = True


@dataclass(frozen=True)
class Facts:
    """What is written above a certificate."""

    wanted: Wanted
    start: datetime
    end: datetime
    issuer: str = ""  # the authority's key

    def due(self, now: datetime) -> bool:
        """Less than a third of its life is left."""
        return now >= self.end - (self.end - self.start) / 3


CA = Wanted("ca", "onggi-ca", client=False)


def serving_hosts(*addresses: str, extra: Sequence[str] = ()) -> tuple[str, ...]:
    """Every name under which the API server is reached; ``addresses`` are the service's first
    address, the bridge's and whatever else it listens on."""
    service = ("kubernetes", "kubernetes.default", "kubernetes.default.svc")
    names = (*service, "kubernetes.default.svc.cluster.local", "localhost", "127.0.0.1", "::1")
    return tuple(dict.fromkeys((*names, *addresses, *extra)))


def standard(hosts: Sequence[str], nodes: Sequence[str] = ()) -> tuple[Wanted, ...]:
    """What a cluster needs; ``hosts`` from ``serving_hosts``. A node serves on loopback."""
    return (
        Wanted("apiserver", "kube-apiserver", hosts=tuple(hosts), client=False),
        Wanted("admin", "kubernetes-admin", (MASTERS,)),
        Wanted("apiserver-node-client", "kube-apiserver-kubelet-client", (MASTERS,)),
        *(
            Wanted(f"node-{n}", f"system:node:{n}", (NODES,), (n, "localhost", "127.0.0.1", "::1"))
            for n in nodes
        ),
    )


@dataclass
class Pki:
    """The certificates in ``directory``. ``now`` arguments are aware of their time zone."""

    directory: Path
    wanted: Sequence[Wanted] = ()

    def path(self, file: str) -> Path:
        """Key and certificate, as ``ssl.SSLContext.load_cert_chain`` reads them."""
        return self.directory / f"{file}.pem"

    @property
    def trust(self) -> Path:
        return self.directory / "ca.crt"

    @property
    def signing_key(self) -> Path:
        """Signs service account tokens."""
        return self.directory / "sa.pem"

    def renew(self, now: datetime) -> list[str]:
        """Make what is missing, due or no longer what is wanted; returns the files' names."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        made: list[str] = []
        authority = self._read(CA.file)
        if authority is None or authority.due(now):
            authority = self._write_authority(now)
            made.append(CA.file)
        if not self.trust.exists() or CA.file in made:
            certificate, _ = self.texts(CA.file)
            write(self.trust, certificate, mode=0o644)
        if not self.signing_key.exists():
            write(self.signing_key, _pem(_new_key()))
        for wanted in self.wanted:
            facts = self._read(wanted.file)
            if facts is None or not _good(facts, wanted, authority.issuer, now):
                self._write(wanted, now)
                made.append(wanted.file)
        return made

    def next_due(self) -> datetime:
        """When ``renew`` has something to do."""
        found = [self._read(wanted.file) for wanted in (CA, *self.wanted)]
        return min(f.end - (f.end - f.start) / 3 for f in found if f)

    def texts(self, file: str) -> tuple[str, str]:
        """Certificate and key of a file, as PEM without anything else."""
        text = self.path(file).read_text()
        found = {match[1]: match[0].rstrip("\n") + "\n" for match in PEM.finditer(text)}
        return found["CERTIFICATE"], found["PRIVATE KEY"]

    def authority(self) -> "tuple[EllipticCurvePrivateKey, Certificate]":
        """What signs, and who that is."""
        return self._key(CA.file), self._certificate(CA.file)

    def server_context(self, file: str = "apiserver") -> ssl.SSLContext:
        """TLS for a server that asks for client certificates and takes those of our authority.

        After ``renew`` made the file anew, ``load_cert_chain(path(file))`` on the same context
        makes new connections use it.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.path(file))
        context.load_verify_locations(self.trust)
        context.verify_mode = ssl.CERT_OPTIONAL
        return context

    def client_context(self, file: str = "") -> ssl.SSLContext:
        """TLS for a client that trusts our authority and, with a file, shows who it is."""
        context = ssl.create_default_context(cafile=str(self.trust))
        if file:
            context.load_cert_chain(self.path(file))
        return context

    def _read(self, file: str) -> Facts | None:
        """The facts of a file, or None where there is no whole one."""
        try:
            text = self.path(file).read_text()
        except FileNotFoundError:
            return None
        head = text.partition("\n")[0]
        kinds = {match[1] for match in PEM.finditer(text)}
        if not head.startswith(FACTS) or kinds != {"CERTIFICATE", "PRIVATE KEY"}:
            return None
        return _facts(json.loads(head.removeprefix(FACTS)))

    def _write_authority(self, now: datetime) -> Facts:
        key = self._key(CA.file) if self.path(CA.file).exists() else _new_key()
        issuer = _key_id(key)
        facts = Facts(CA, now - BACKDATED, now + AUTHORITY_LIFE, issuer)
        self._put(facts, _sign(facts, key, key, None), key)
        return facts

    def _write(self, wanted: Wanted, now: datetime) -> None:
        authority, key = self._key(CA.file), _new_key()
        facts = Facts(wanted, now - BACKDATED, now + LIFE, _key_id(authority))
        self._put(facts, _sign(facts, key, authority, self._certificate(CA.file)), key)

    def _put(
        self, facts: Facts, certificate: "Certificate", key: "EllipticCurvePrivateKey"
    ) -> None:
        from cryptography.hazmat.primitives.serialization import Encoding

        head = FACTS + json.dumps(_written(facts))
        body = certificate.public_bytes(Encoding.PEM).decode()
        write(self.path(facts.wanted.file), f"{head}\n{body}{_pem(key)}")

    def _key(self, file: str) -> "EllipticCurvePrivateKey":
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        key: Any = load_pem_private_key(self.texts(file)[1].encode(), None)
        return key

    def _certificate(self, file: str) -> "Certificate":
        from cryptography.x509 import load_pem_x509_certificate

        return load_pem_x509_certificate(self.texts(file)[0].encode())


def _good(facts: Facts, wanted: Wanted, issuer: str, now: datetime) -> bool:
    return facts.wanted == wanted and facts.issuer == issuer and not facts.due(now)


def _written(facts: Facts) -> dict[str, Any]:
    wanted = facts.wanted
    return {
        "file": wanted.file,
        "name": wanted.name,
        "groups": wanted.groups,
        "hosts": wanted.hosts,
        "client": wanted.client,
        "start": facts.start.isoformat(),
        "end": facts.end.isoformat(),
        "issuer": facts.issuer,
    }


def _facts(written: dict[str, Any]) -> Facts:
    wanted = Wanted(
        written["file"],
        written["name"],
        tuple(written["groups"]),
        tuple(written["hosts"]),
        written["client"],
    )
    start, end = (datetime.fromisoformat(written[key]) for key in ("start", "end"))
    return Facts(wanted, start, end, written["issuer"])


def _new_key() -> "EllipticCurvePrivateKey":
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _pem(key: "EllipticCurvePrivateKey") -> str:
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _key_id(key: "EllipticCurvePrivateKey") -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return sha256(public).hexdigest()


def _sign(
    facts: Facts,
    key: "EllipticCurvePrivateKey",
    authority: "EllipticCurvePrivateKey",
    issuer: "Certificate | None",
) -> "Certificate":
    """A certificate for ``key``; without an ``issuer`` it is the authority's own."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    subject = _subject(facts.wanted)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(facts.start.astimezone(UTC).replace(tzinfo=None))
        .not_valid_after(facts.end.astimezone(UTC).replace(tzinfo=None))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), False
        )
    )
    return _extend(builder, facts.wanted, issuer is None).sign(authority, hashes.SHA256())


def _subject(wanted: Wanted) -> Any:
    from cryptography.x509 import Name, NameAttribute
    from cryptography.x509.oid import NameOID

    groups = [NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in wanted.groups]
    return Name([*groups, NameAttribute(NameOID.COMMON_NAME, wanted.name)])


def _extend(builder: "CertificateBuilder", wanted: Wanted, root: bool) -> "CertificateBuilder":
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    builder = builder.add_extension(x509.BasicConstraints(root, None), True)
    builder = builder.add_extension(_usage(root), True)
    uses = [ExtendedKeyUsageOID.SERVER_AUTH] if wanted.hosts else []
    if wanted.client:
        uses.append(ExtendedKeyUsageOID.CLIENT_AUTH)
    if uses:
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), False)
    if wanted.hosts:
        names = x509.SubjectAlternativeName(list(_alternative_names(wanted.hosts)))
        builder = builder.add_extension(names, False)
    return builder


def _usage(root: bool) -> Any:
    from cryptography.x509 import KeyUsage

    return KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=root,
        crl_sign=root,
        encipher_only=False,
        decipher_only=False,
    )


def _alternative_names(hosts: Sequence[str]) -> Iterator[Any]:
    from ipaddress import ip_address

    from cryptography.x509 import DNSName, IPAddress

    for host in hosts:
        try:
            yield IPAddress(ip_address(host))
        except ValueError:
            yield DNSName(host)
