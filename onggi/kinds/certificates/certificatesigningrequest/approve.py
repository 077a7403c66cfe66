"""Nodes' requests for client certificates are approved if the node may make them.

Source: ``pkg/controller/certificates/approver/sarapprove.go``.
"""

from collections.abc import Sequence
from datetime import datetime

from onggi.api.objects import Object, View, get
from onggi.api.plan import Action, Controller, Create, Plan, Update, World
from onggi.kinds.authorization.subjectaccessreview import SUBJECTACCESSREVIEW
from onggi.kinds.certificates.certificatesigningrequest import pem
from onggi.kinds.certificates.certificatesigningrequest.kind import CERTIFICATESIGNINGREQUEST
from onggi.kinds.certificates.certificatesigningrequest.rules import DECISIONS, types_of
from onggi.kinds.certificates.certificatesigningrequest.subject import asked, wrong_with_client

SIGNER = "kubernetes.io/kube-apiserver-client-kubelet"
SELF = ("selfnodeclient",
        "Auto approving self kubelet client certificate after SubjectAccessReview.")  # fmt: skip
OTHER = ("nodeclient", "Auto approving kubelet client certificate after SubjectAccessReview.")


def reconcile(request: View, world: World, now: datetime) -> Plan:
    spec = request.get("spec") or {}
    decided = types_of(request) & {*DECISIONS} or get(request, "status.certificate")
    if decided or spec.get("signerName") != SIGNER:
        return Plan()
    said = asked(pem.read_request(spec.get("request") or ""), spec.get("usages") or [])
    if wrong_with_client(said):
        return Plan()
    ways = [SELF, OTHER] if spec.get("username") == said.common_name else [OTHER]
    return Plan(attempts(request, ways))


def attempts(request: View, ways: Sequence[tuple[str, str]]) -> list[Action]:
    """Ask whether the requester may; where not, whether they may the next way."""
    if not ways:
        return []
    (subresource, message), *rest = ways

    def answered(review: View) -> Sequence[Action]:
        if get(review, "status.allowed"):
            return [approve(request, message)]
        return attempts(request, rest)

    return [Create(SUBJECTACCESSREVIEW, question(request, subresource), done=answered)]


def question(request: View, subresource: str) -> Object:
    spec = request.get("spec") or {}
    who = {"user": "username", "uid": "uid", "groups": "groups", "extra": "extra"}
    given: Object = {name: spec[field] for name, field in who.items() if spec.get(field)}
    given["resourceAttributes"] = {
        "group": CERTIFICATESIGNINGREQUEST.group,
        "resource": CERTIFICATESIGNINGREQUEST.plural,
        "verb": "create",
        "subresource": subresource,
    }
    return {"metadata": {}, "spec": given}


def approve(request: View, message: str) -> Action:
    condition = {
        "type": "Approved",
        "status": "True",
        "reason": "AutoApproved",
        "message": message,
    }
    status = request.get("status") or {}
    conditions = [*(status.get("conditions") or ()), condition]
    new = {**request, "status": {**status, "conditions": conditions}}
    return Update(CERTIFICATESIGNINGREQUEST, new, subresource="approval")


CONTROLLER = Controller(
    name="certificatesigningrequest-approving-controller",
    account="certificate-controller",
    kind=CERTIFICATESIGNINGREQUEST,
    reconcile=reconcile,
)
