"""What a request may say, and who may change what of it."""

from onggi.kinds.certificates.certificatesigningrequest import CERTIFICATESIGNINGREQUEST as CSR
from tests.kinds.certificates.requests import condition, request


def said(**changes):
    return [str(error) for error in CSR.validate(request(**changes))]


def changed(rules, old, new):
    return [str(error) for rule in rules for error in rule(new, old)]


APPROVAL = CSR.subresources[0].rules


def test_a_request_is_a_signed_one():
    assert said() == []
    assert said(content="bm90aGluZw==")[0].endswith("PEM block type must be CERTIFICATE REQUEST")


def test_a_signer_is_a_path_below_a_domain():
    assert "the legacy signerName is not allowed" in said(signer="kubernetes.io/legacy-unknown")[0]
    assert "must be a fully qualified domain and path" in said(signer="plain")[0]
    assert "at least two segments separated by dots" in said(signer="plain/x")[0]
    assert said(signer="example.com/namespace.name") == []
    assert 'validating label "A"' in said(signer="A.com/x")[0]


def test_usages_are_known_and_each_is_named_once():
    assert said(usages=()) == ["spec.usages: Required value: usages must be provided"]
    assert "Unsupported value" in said(usages=("nonsense",))[0]
    assert said(usages=("any", "any")) == ['spec.usages[1]: Duplicate value: "any"']
    assert "600 seconds" in said(expirationSeconds=599)[0]


def test_only_the_approval_decides_and_nothing_is_taken_back():
    plain, approved, denied = request(), request(conditions=["Approved"]), request(
        conditions=["Denied"]
    )  # fmt: skip
    assert changed(APPROVAL, plain, approved) == []
    assert "updates may not add" in changed(CSR.status_rules, plain, approved)[0]
    assert "updates may not remove" in changed(APPROVAL, approved, plain)[0]
    both = request(conditions=["Approved", "Denied"])
    assert "mutually exclusive" in changed(APPROVAL, approved, both)[0]
    assert "updates may not remove" in changed(APPROVAL, approved, denied)[0]
    twice = request()
    twice["status"] = {"conditions": [condition("Approved"), condition("Approved")]}
    assert "Duplicate" in changed(APPROVAL, plain, twice)[0]
    untrue = request(conditions=["Approved"])
    untrue["status"]["conditions"][0]["status"] = "False"
    assert 'supported values: "True"' in changed(APPROVAL, plain, untrue)[0]


def test_a_certificate_is_set_once():
    old, new = request(), request()
    new["status"]["certificate"] = "bm90aGluZw=="
    (error,) = changed(CSR.status_rules, old, new)
    assert error.endswith("must contain at least one CERTIFICATE PEM block")
    assert "may not modify existing" in changed(CSR.status_rules, new, request())[0]


def test_the_status_keeps_what_was_decided():
    old, new = request(conditions=["Approved"]), request(conditions=["Approved"])
    new["status"]["conditions"][0]["message"] = "changed"
    CSR.prepare_status(new, old)
    assert new["status"] == old["status"]
