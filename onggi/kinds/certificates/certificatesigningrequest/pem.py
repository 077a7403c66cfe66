"""What is in a certificate request, and in the certificate that answers it.

The library is loaded when the first request comes: most clusters never see one. Sources:
``pkg/apis/certificates/helpers.go`` (ParseCSR), ``.../validation`` (validateCertificate).
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.x509 import CertificateSigningRequest

BLOCK = re.compile(rb"-----BEGIN ([^\n]*?)-----\r?\n(.*?)-----END \1-----", re.DOTALL)
REQUEST = b"CERTIFICATE REQUEST"
CERTIFICATE = b"CERTIFICATE"


class PemError(ValueError):
    """It cannot be used; the message is for the client."""


def read_request(text: str) -> "CertificateSigningRequest":
    """Of ``spec.request``, signed by the key that it names. Raises PemError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.x509 import load_der_x509_csr

    block = next(blocks(text), None)
    if block is None or block[0] != REQUEST:
        raise PemError("PEM block type must be CERTIFICATE REQUEST")
    try:
        request = load_der_x509_csr(content(block[1]))
        valid = request.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise PemError(str(error)) from None
    if not valid:
        raise PemError("x509: signature does not match the key of the request")
    return request


def check_certificates(text: str) -> None:
    """Of ``status.certificate``: one certificate or more and no other block. Raises PemError."""
    from cryptography.x509 import load_der_x509_certificate

    found = list(blocks(text))
    for label, body in found:
        if label != CERTIFICATE:
            shown = label.decode(errors="replace")
            raise PemError(f'only CERTIFICATE PEM blocks are allowed, found "{shown}"')
        if b":" in body:
            raise PemError("no PEM block headers are permitted")
        try:
            load_der_x509_certificate(content(body))
        except ValueError as error:
            raise PemError(str(error)) from None
    if not found:
        raise PemError("must contain at least one CERTIFICATE PEM block")


def blocks(text: str) -> Iterator[tuple[bytes, bytes]]:
    """Label and content of each block of a base64 field."""
    try:
        pem = base64.b64decode(text)
    except ValueError:
        return
    for match in BLOCK.finditer(pem):
        yield match[1], match[2]


def content(body: bytes) -> bytes:
    try:
        return binascii.a2b_base64(b"".join(body.split()), strict_mode=True)
    except binascii.Error as error:
        raise PemError(str(error)) from None


def organizations(request: "CertificateSigningRequest") -> list[str]:
    """The groups that its subject names."""
    from cryptography.x509.oid import NameOID

    found = request.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return [str(attribute.value) for attribute in found]


def expires(text: str) -> "datetime | None":
    """When the first certificate of ``status.certificate`` is of no more use."""
    from cryptography.x509 import load_der_x509_certificate

    for label, body in blocks(text):
        if label == CERTIFICATE:
            try:
                return load_der_x509_certificate(content(body)).not_valid_after_utc
            except ValueError:
                return None
    return None
