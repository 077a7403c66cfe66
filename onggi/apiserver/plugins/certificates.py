"""Certificate requests: who asks is written in, and only who may approves and signs.

CertificateApproval, CertificateSigning, CertificateSubjectRestriction and
ClusterTrustBundleAttest. Sources:
``plugin/pkg/admission/certificates``, ``pkg/registry/certificates/certificates/strategy.go``.
"""

from onggi.api.gotext import quote
from onggi.api.objects import Object, View, get
from onggi.api.times import stamp
from onggi.apiserver.admission import CREATE, UPDATE, Lookup, Plugin, Review, forbidden
from onggi.apiserver.authz.attributes import Attributes, Authorizer
from onggi.kinds.certificates.certificatesigningrequest import CERTIFICATESIGNINGREQUEST, pem
from onggi.kinds.certificates.clustertrustbundle import CLUSTERTRUSTBUNDLE
from onggi.kinds.certificates.podcertificaterequest import PODCERTIFICATEREQUEST

CLIENT = "kubernetes.io/kube-apiserver-client"
MASTERS = "system:masters"


def certificate_requester(review: Review, lookup: Lookup) -> None:
    """Not a plugin of upstream's: what its strategy takes from the request's context."""
    if review.call.kind is not CERTIFICATESIGNINGREQUEST or review.obj is None:
        return
    if review.operation == CREATE:
        sign_in(review)
    elif review.subresource in ("approval", "status"):
        date_conditions(review.obj, review.old or {}, stamp(review.now))


def sign_in(review: Review) -> None:
    assert review.obj is not None
    spec = review.obj.setdefault("spec", {})
    for field in ("username", "uid", "groups", "extra"):
        spec.pop(field, None)
    spec |= review.call.user.info


def date_conditions(request: Object, old: View, now: str) -> None:
    before = get(old, "status.conditions") or ()
    for condition in get(request, "status.conditions") or ():
        if not condition.get("lastUpdateTime"):
            condition["lastUpdateTime"] = now
        if not condition.get("lastTransitionTime"):
            same = (
                c.get("lastTransitionTime")
                for c in before
                if all(c.get(key) == condition.get(key) for key in ("type", "status"))
            )
            condition["lastTransitionTime"] = next(filter(None, same), now)


def restrict_subject(review: Review, lookup: Lookup) -> None:
    """Nobody asks for a certificate of ``system:masters``."""
    if review.call.kind is not CERTIFICATESIGNINGREQUEST or review.operation != CREATE:
        return
    if get(review.obj or {}, "spec.signerName") != CLIENT:
        return
    try:
        request = pem.read_request(get(review.obj or {}, "spec.request") or "")
    except pem.PemError as error:
        raise forbidden(review, f"failed to parse CSR: {error}") from None
    if MASTERS in pem.organizations(request):
        raise forbidden(review, f"use of {CLIENT} signer with {MASTERS} group is not allowed")


def certificate_permissions(authorizer: Authorizer) -> Plugin:
    """``approve``, ``sign`` and ``attest`` are verbs on the signer that the object names."""

    def check(review: Review, lookup: Lookup) -> None:
        kind, sub = review.call.kind, review.subresource
        if kind.group != CERTIFICATESIGNINGREQUEST.group or review.obj is None:
            return
        verb = VERBS.get((kind, sub), "")
        old, new = review.old or {}, review.obj
        if not verb or (verb != "attest" and review.operation != UPDATE):
            return
        if verb != "approve" and not decides(new, old, sub or "spec"):
            return
        signer = get(new if verb == "attest" else old, "spec.signerName") or ""
        if signer and not may(authorizer, review, verb, signer):
            what = SAYS.get(verb, f"{verb} requests with")
            raise forbidden(review, f"user not permitted to {what} signerName {quote(signer)}")

    return check


VERBS = {
    (CERTIFICATESIGNINGREQUEST, "approval"): "approve",
    (CERTIFICATESIGNINGREQUEST, "status"): "sign",
    (PODCERTIFICATEREQUEST, "status"): "sign",
    (CLUSTERTRUSTBUNDLE, ""): "attest",
}
SAYS = {"attest": "attest for"}


def decides(new: View, old: View, field: str) -> bool:
    """Whether anything of this field has changed; only a signer may."""
    return bool(new.get(field) or {}) and (new.get(field) or {}) != (old.get(field) or {})


def may(authorizer: Authorizer, review: Review, verb: str, signer: str) -> bool:
    """By its name, or as all signers of its domain: ``kubernetes.io/*``."""
    names = (signer, f"{signer.partition('/')[0]}/*")
    user, group = review.call.user, CERTIFICATESIGNINGREQUEST.group
    return any(
        authorizer.authorize(Attributes(user, verb, group, "*", "signers", name=name)).allowed
        for name in names
    )
