"""Certificates of authorities, as a conversion webhook's ``caBundle`` has them.

Source: ``k8s.io/apiserver/pkg/util/webhook`` (ValidateCABundle), ``client-go/util/cert``.
"""

import base64
import binascii

UNREADABLE = "unable to load root certificates: unable to parse bytes as PEM block"


def problem(bundle: str) -> str:
    """What is wrong with a bundle in base64; empty if nothing."""
    from cryptography import x509  # seldom, and slow to import

    try:
        pem = base64.b64decode(bundle)
        return "" if x509.load_pem_x509_certificates(pem) else UNREADABLE
    except (binascii.Error, ValueError):
        return UNREADABLE
