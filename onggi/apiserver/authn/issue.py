"""Signs what the cluster's own signers accept: the hand that holds the authority's key.

Source: ``pkg/controller/certificates/authority`` (PermissiveSigningPolicy).
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from onggi.apiserver.authn.pki import BACKDATED, Pki
from onggi.kinds.certificates.certificatesigningrequest.signing import Order

SHORT = timedelta(hours=8)  # of a short life, nothing is spent on clocks that are behind
# A usage of the API → a field of x509.KeyUsage.
USAGES = {
    "signing": "digital_signature",
    "digital signature": "digital_signature",
    "content commitment": "content_commitment",
    "key encipherment": "key_encipherment",
    "key agreement": "key_agreement",
    "data encipherment": "data_encipherment",
    "cert sign": "key_cert_sign",
    "crl sign": "crl_sign",
    "encipher only": "encipher_only",
    "decipher only": "decipher_only",
}
EXTENDED = {
    "any": "2.5.29.37.0",
    "server auth": "1.3.6.1.5.5.7.3.1",
    "client auth": "1.3.6.1.5.5.7.3.2",
    "code signing": "1.3.6.1.5.5.7.3.3",
    "email protection": "1.3.6.1.5.5.7.3.4",
    "s/mime": "1.3.6.1.5.5.7.3.4",
    "ipsec end system": "1.3.6.1.5.5.7.3.5",
    "ipsec tunnel": "1.3.6.1.5.5.7.3.6",
    "ipsec user": "1.3.6.1.5.5.7.3.7",
    "timestamping": "1.3.6.1.5.5.7.3.8",
    "ocsp signing": "1.3.6.1.5.5.7.3.9",
    "microsoft sgc": "1.3.6.1.4.1.311.10.3.3",
    "netscape sgc": "2.16.840.1.113730.4.1",
}


def issue(pki: Pki, order: Order) -> str:
    """The certificate as ``status.certificate`` holds it: PEM in base64."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding

    authority, issuer = pki.authority()
    start, end = span(order, issuer.not_valid_after_utc)
    key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(order.request.subject)
        .issuer_name(issuer.subject)
        .public_key(order.request.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(False, None), True)
        .add_extension(key_id, False)
    )
    for extension, critical in extensions(order.request, order.usages):
        builder = builder.add_extension(extension, critical)
    pem = builder.sign(authority, hashes.SHA256()).public_bytes(Encoding.PEM)
    return b64encode(pem).decode()


def span(order: Order, last: datetime) -> tuple[datetime, datetime]:
    """From when to when it is good; never longer than the authority itself."""
    now = order.now.astimezone(UTC)
    start = now - BACKDATED
    end = (now if order.life < SHORT else start) + order.life
    return start, min(end, last)


def extensions(request: Any, usages: Sequence[str]) -> list[tuple[Any, bool]]:
    from cryptography import x509

    found: list[tuple[Any, bool]] = []
    fields = {USAGES[usage] for usage in usages if usage in USAGES}
    if fields:
        found.append((x509.KeyUsage(**{f: f in fields for f in {*USAGES.values()}}), True))
    oids = sorted({EXTENDED[usage] for usage in usages if usage in EXTENDED})
    if oids:
        found.append((x509.ExtendedKeyUsage([x509.ObjectIdentifier(o) for o in oids]), False))
    try:
        names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return found
    return [*found, (names.value, names.critical)]
