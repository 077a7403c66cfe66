"""Which requests are signed, and for how long."""

from datetime import timedelta

from onggi.kinds.certificates.certificatesigningrequest.signing import life, signing
from tests.kinds.certificates.requests import (
    NODE_CLIENT,
    NODE_USAGES,
    SERVING,
    pem,
    request,
)
from tests.world import NOW, ListWorld, story

NODE = pem("system:node:n1", ("system:nodes",))


def outcome(csr):
    plan = signing(lambda order: "signed").reconcile(csr, ListWorld(), NOW)
    return plan.actions[0].obj["status"] if plan.actions else None


def test_what_is_approved_is_signed_once():
    assert outcome(request()) is None
    assert outcome(request(conditions=["Approved"]))["certificate"] == "signed"
    assert outcome(request(conditions=["Denied"])) is None
    done = request(conditions=["Approved"])
    done["status"]["certificate"] = "there"
    assert outcome(done) is None


def test_other_signers_sign_their_own():
    assert outcome(request(signer="example.com/own", conditions=["Approved"])) is None


def why_not(**changes):
    status = outcome(request(conditions=["Approved"], **changes))
    assert status["conditions"][-1]["reason"] == "SignerValidationFailure"
    return status["conditions"][-1]["message"]


def test_a_request_that_is_not_the_signers_fails():
    assert why_not(usages=("server auth",)) == "invalid usage for client certificate: server auth"
    assert why_not(usages=("digital signature",)).startswith("missing required usage")
    assert why_not(signer=SERVING) == "subject organization is not system:nodes"
    said = why_not(signer=SERVING, content=NODE, usages=("server auth", "digital signature"))
    assert said == "DNS or IP subjectAltName is required"
    assert why_not(signer=NODE_CLIENT, content=NODE, usages=("client auth",)) == (
        "usages did not match [client auth digital signature] or "
        "[client auth digital signature key encipherment]"
    )


def test_a_nodes_certificates_are_signed():
    client = request(NODE_CLIENT, NODE_USAGES, ["Approved"], NODE)
    assert outcome(client)["certificate"] == "signed"
    hosts = pem("system:node:n1", ("system:nodes",), ("n1", "10.0.0.1"))
    usages = ("server auth", "digital signature")
    assert outcome(request(SERVING, usages, ["Approved"], hosts))["certificate"] == "signed"


def test_a_life_is_as_long_as_asked_within_bounds():
    assert life(None) == life(2**31 - 1) == timedelta(days=365)
    assert life(1) == timedelta(minutes=10)
    assert life(3600) == timedelta(hours=1)


def test_the_signer_writes_the_status():
    plan = signing(lambda order: "x").reconcile(request(conditions=["Approved"]), ListWorld(), NOW)
    assert story(plan) == ["update CertificateSigningRequest csr status"]
