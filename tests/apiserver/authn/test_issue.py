"""What the authority signs for others."""

from base64 import b64decode
from datetime import timedelta

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from onggi.apiserver.authn.issue import issue
from onggi.apiserver.authn.pki import Pki
from onggi.kinds.certificates.certificatesigningrequest.pem import read_request
from onggi.kinds.certificates.certificatesigningrequest.signing import Order
from tests.kinds.certificates.requests import pem
from tests.world import NOW


def issued(tmp_path, life=timedelta(days=1), usages=("client auth",), **asked):
    pki = Pki(tmp_path / "pki")
    pki.renew(NOW)
    order = Order(read_request(pem(**asked)), usages, life, NOW)
    made = x509.load_pem_x509_certificate(b64decode(issue(pki, order)))
    made.verify_directly_issued_by(pki.authority()[1])
    return made


def test_it_says_what_was_asked_and_no_more(tmp_path):
    made = issued(tmp_path, usages=("client auth", "digital signature"), hosts=("n1", "10.0.0.1"))
    assert made.subject.rfc4514_string() == "CN=eve"
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    usage = made.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert not usage.key_cert_sign
    extended = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(extended) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["n1"]


def test_a_short_life_is_counted_from_now(tmp_path):
    short = issued(tmp_path, timedelta(hours=1))
    assert short.not_valid_after_utc == NOW + timedelta(hours=1)
    long = issued(tmp_path, timedelta(days=1))
    assert long.not_valid_after_utc - long.not_valid_before_utc == timedelta(days=1)


def test_none_outlives_the_authority(tmp_path):
    assert issued(tmp_path, timedelta(days=9000)).not_valid_after_utc < NOW + timedelta(days=3651)
