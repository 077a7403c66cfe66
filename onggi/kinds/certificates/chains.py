"""Certificates in PEM, as trust bundles and certificate chains hold them.

    for block in blocks(text): block.label, block.headers, block.certificate()

The library is loaded when the first certificate is read: most clusters never see one.
"""

import binascii
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

BLOCK = re.compile(r"-----BEGIN ([^\n]*?)-----\r?\n(.*?)-----END \1-----", re.DOTALL)


class Block(NamedTuple):
    label: str
    headers: bool
    der: bytes

    def certificate(self) -> "Certificate":
        """Raises ValueError."""
        from cryptography.x509 import load_der_x509_certificate

        return load_der_x509_certificate(self.der)


def blocks(text: str) -> Iterator[Block]:
    """As Go's ``pem.Decode`` finds them: what is no block is passed over."""
    for match in BLOCK.finditer(text):
        head, separator, body = match[2].rpartition("\n\n")
        try:
            der = binascii.a2b_base64("".join(body.split()), strict_mode=True)
        except (ValueError, binascii.Error):
            continue
        yield Block(match[1], bool(separator) and ":" in head, der)


def is_authority(certificate: "Certificate") -> bool:
    from cryptography.x509 import BasicConstraints, ExtensionNotFound

    try:
        return certificate.extensions.get_extension_for_class(BasicConstraints).value.ca
    except (ExtensionNotFound, ValueError):
        return False
