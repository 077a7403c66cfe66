"""CertificateApproval, CertificateSigning, CertificateSubjectRestriction."""

from onggi.apiserver.authz.attributes import Decision
from onggi.kinds.certificates.clustertrustbundle import CLUSTERTRUSTBUNDLE
from tests.apiserver.world import ask
from tests.kinds.certificates.requests import pem, request
from tests.kinds.samples import CONTENTS

URL = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
MERGE = {"content_type": "application/merge-patch+json"}
APPROVED = {"status": {"conditions": [{"type": "Approved", "status": "True"}]}}


def sent(**changes):
    body = request(**changes)
    body["metadata"] = {"name": "csr"}
    return body


async def test_who_asks_is_written_in(running):
    code, body = await ask(running, "POST", URL, sent(username="somebody", groups=["else"]))
    assert code == 201, body
    assert body["spec"]["username"] == "admin"
    assert body["spec"]["groups"] == ["system:masters", "system:authenticated"]
    assert body["status"] == {}


async def test_nobody_asks_to_be_a_master(running):
    content = pem("eve", ("system:masters",))
    code, body = await ask(running, "POST", URL, sent(content=content))
    assert code == 403
    assert body["message"].endswith(
        "use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed"
    )


async def test_an_approval_is_dated(running):
    await ask(running, "POST", URL, sent())
    code, body = await ask(running, "PATCH", f"{URL}/csr/approval", APPROVED, **MERGE)
    assert code == 200, body
    (condition,) = body["status"]["conditions"]
    assert condition["lastUpdateTime"] == condition["lastTransitionTime"]


async def test_only_who_may_approves_and_signs(running, monkeypatch):
    await ask(running, "POST", URL, sent())

    def authorize(asked):
        return Decision(asked.resource != "signers")

    monkeypatch.setattr(running.app.backend.authorizer, "authorize", authorize)
    code, body = await ask(running, "PATCH", f"{URL}/csr/approval", APPROVED, **MERGE)
    assert code == 403
    assert body["message"] == (
        'certificatesigningrequests.certificates.k8s.io "csr" is forbidden: user not permitted to '
        'approve requests with signerName "kubernetes.io/kube-apiserver-client"'
    )
    failed = {"status": {"conditions": [{"type": "Failed", "status": "True"}]}}
    code, body = await ask(running, "PATCH", f"{URL}/csr/status", failed, **MERGE)
    assert code == 403
    assert "user not permitted to sign" in body["message"]


async def test_only_who_may_attests_for_a_signer(running, monkeypatch):
    url = "/apis/certificates.k8s.io/v1/clustertrustbundles"
    monkeypatch.setattr(
        running.app.backend.authorizer,
        "authorize",
        lambda asked: Decision(asked.resource != "signers"),
    )
    bundle = CONTENTS[CLUSTERTRUSTBUNDLE]["spec"]["trustBundle"]
    spec = {"signerName": "example.com/s", "trustBundle": bundle}
    body = {"metadata": {"name": "example.com:s:b"}, "spec": spec}
    code, answer = await ask(running, "POST", url, body)
    assert code == 403
    assert answer["message"].endswith('user not permitted to attest for signerName "example.com/s"')
    free = {"metadata": {"name": "b"}, "spec": {"trustBundle": bundle}}
    assert (await ask(running, "POST", url, free))[0] == 201
