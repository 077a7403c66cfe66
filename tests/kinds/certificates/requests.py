"""Certificate requests for tests."""

from base64 import b64encode
from datetime import timedelta
from functools import cache
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from onggi.api.times import stamp
from tests.world import NOW

CLIENT = "kubernetes.io/kube-apiserver-client"
NODE_CLIENT = "kubernetes.io/kube-apiserver-client-kubelet"
SERVING = "kubernetes.io/kubelet-serving"
NODE_USAGES = ("digital signature", "key encipherment", "client auth")


@cache
def key():
    return ec.generate_private_key(ec.SECP256R1())


@cache
def pem(name="eve", groups=(), hosts=()):
    """``spec.request``."""
    subject = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    subject += [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(subject))
    if hosts:
        names = [
            x509.IPAddress(ip_address(h)) if h[0].isdigit() else x509.DNSName(h) for h in hosts
        ]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), False)
    signed = builder.sign(key(), hashes.SHA256())
    return b64encode(signed.public_bytes(Encoding.PEM)).decode()


@cache
def self_signed():
    """``status.certificate``: of nobody, for a year."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    builder = x509.CertificateBuilder(name, name, key().public_key(), 1)
    builder = builder.not_valid_before(NOW).not_valid_after(NOW + timedelta(days=365))
    signed = builder.sign(key(), hashes.SHA256())
    return b64encode(signed.public_bytes(Encoding.PEM)).decode()


def request(signer=CLIENT, usages=("client auth",), conditions=(), content=None, **more):
    spec = {"request": content or pem(), "signerName": signer, "usages": list(usages), **more}
    meta = {"name": "csr", "uid": "u", "resourceVersion": "1", "creationTimestamp": stamp(NOW)}
    status = {"conditions": [condition(type) for type in conditions]} if conditions else {}
    return {
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": meta,
        "spec": spec,
        "status": status,
    }


def condition(type, at=NOW):
    return {"type": type, "status": "True", "lastUpdateTime": stamp(at)}
