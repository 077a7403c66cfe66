"""What a node may ask for, and that it is decided once."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from onggi.api.objects import clone
from onggi.kinds.certificates.podcertificaterequest import PODCERTIFICATEREQUEST, state
from tests.kinds.samples import created, said, said_of_update

STAMP = "2026-01-01T00:00:00Z"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def decision(kind, status="True"):
    return {
        "type": kind,
        "status": status,
        "reason": "Because",
        "lastTransitionTime": STAMP,
    }


def judged(status, old=None, **spec):
    request = created(PODCERTIFICATEREQUEST, **spec)
    before, after = {**request, "status": old or {}}, {**request, "status": status}
    (rule,) = PODCERTIFICATEREQUEST.status_rules
    return [str(error) for error in rule(after, before)]


def test_it_lives_for_a_day_unless_told_otherwise():
    assert created(PODCERTIFICATEREQUEST)["spec"]["maxExpirationSeconds"] == 86400
    assert said(PODCERTIFICATEREQUEST, maxExpirationSeconds=60) == [
        "spec.maxExpirationSeconds: Invalid value: 60: must be in the range [3600, 7862400]"
    ]
    own = said(PODCERTIFICATEREQUEST, signerName="kubernetes.io/x", maxExpirationSeconds=90000)
    assert own == [
        "spec.maxExpirationSeconds: Invalid value: 90000: must be in the range [3600, 86400]"
    ]


def test_the_stub_is_a_request():
    stub = base64.b64encode(b"abc").decode()
    assert said(PODCERTIFICATEREQUEST, stubPKCS10Request=stub) == [
        "spec.stubPKCS10Request: Invalid value: must be a valid PKCS#10 CSR"
    ]


def test_it_stays_as_it_was_asked():
    (error,) = said_of_update(PODCERTIFICATEREQUEST, {"podName": "other"})
    assert error.endswith("field is immutable")


def test_user_annotations_have_a_domain():
    (error,) = said(PODCERTIFICATEREQUEST, unverifiedUserAnnotations={"key": "x"})
    assert error.startswith("spec.unverifiedUserAnnotations: Invalid value: ")


@pytest.mark.parametrize(
    ("conditions", "wrong"),
    [
        ([decision("Denied")], False),
        ([decision("Denied"), decision("Failed")], True),
        ([decision("Denied", "False")], True),
        ([decision("Maybe")], True),
    ],
)
def test_one_decision_is_made(conditions, wrong):
    assert bool(judged({"conditions": conditions})) is wrong


def test_a_decision_stays():
    denied = {"conditions": [decision("Denied")]}
    assert judged({"conditions": [decision("Failed")]}, denied) == [
        "status: Invalid value: immutable after PodCertificateRequest is issued, denied, or failed"
    ]
    assert state({"status": denied}) == "Denied"


def test_without_a_decision_the_status_stays():
    (error,) = judged({"certificateChain": "x"})
    assert error.startswith("status: Invalid value: status is immutable unless")


def issued(hours=2, refresh=60):
    """A certificate for a key, and the request for it."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding

    key, nobody = Ed25519PrivateKey.generate(), x509.Name([])
    asked = x509.CertificateSigningRequestBuilder().subject_name(nobody).sign(key, None)
    end = BEGIN + timedelta(hours=hours)
    made = (
        x509.CertificateBuilder()
        .subject_name(nobody)
        .issuer_name(nobody)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(BEGIN)
        .not_valid_after(end)
        .sign(key, None)
    )
    status = {
        "conditions": [decision("Issued")],
        "certificateChain": made.public_bytes(Encoding.PEM).decode(),
        "notBefore": STAMP,
        "notAfter": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "beginRefreshAt": (BEGIN + timedelta(minutes=refresh)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return status, base64.b64encode(asked.public_bytes(Encoding.DER)).decode()


def test_what_was_issued_is_what_was_asked_for():
    status, stub = issued()
    assert judged(status, stubPKCS10Request=stub) == []
    (error,) = judged(status)
    assert error.endswith("leaf certificate was not issued to the requested public key")


def test_times_are_those_of_the_certificate():
    status, stub = issued()
    other = {**clone(status), "notAfter": STAMP}
    (error,) = judged(other, stubPKCS10Request=stub)
    assert error.endswith("must be set to the NotAfter time encoded in the leaf certificate")
    status, stub = issued(refresh=1)
    (error,) = judged(status, stubPKCS10Request=stub)
    assert error.endswith("must be at least 10 minutes after status.notBefore")
    status, stub = issued(hours=48)
    (error,) = judged(status, stubPKCS10Request=stub)
    assert "leaf certificate lifetime must be <= spec.maxExpirationSeconds (86400)" in error
