"""The certificate request inside a PodCertificateRequest: its key, and that it is its own.

Source: ``pkg/apis/certificates/validation/validation.go`` (validateStubPKCS10Request).
"""

from typing import Any

RSA_SIZES = (3072, 4096)
CURVES = ("secp256r1", "secp384r1", "secp521r1")


def problem_of_stub(der: bytes) -> str:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.x509 import load_der_x509_csr

    try:
        request = load_der_x509_csr(der)
        key = request.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return "must be a valid PKCS#10 CSR"
    if problem := problem_of_key(key):
        return problem
    try:
        return "" if request.is_signature_valid else "invalid signature"
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return "invalid signature"


def problem_of_key(key: Any) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, ed25519.Ed25519PublicKey):
        return ""
    if isinstance(key, ec.EllipticCurvePublicKey):
        fits = key.curve.name in CURVES
        return "" if fits else "elliptic public keys must use curve P256, P384, or P521"
    if isinstance(key, rsa.RSAPublicKey):
        return "" if key.key_size in RSA_SIZES else "RSA keys must have modulus size 3072 or 4096"
    return "unknown public key type; supported types are Ed25519, ECDSA, and RSA"


def key_of(der: bytes) -> bytes:
    """The public key that is asked about, in a form that can be compared; empty if none."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.x509 import load_der_x509_csr

    try:
        return encoded(load_der_x509_csr(der).public_key())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return b""


def encoded(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    found: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return found
