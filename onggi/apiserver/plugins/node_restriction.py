"""NodeRestriction: a node's credentials write only what is that node's.

What the node authorizer allows by kind and name, this narrows by content.
Source: ``plugin/pkg/admission/noderestriction/admission.go``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from onggi.api.errors import NotFound
from onggi.api.gotext import quote
from onggi.api.objects import View, get
from onggi.apiserver.admission import CREATE, DELETE, UPDATE, Lookup, Review, forbidden
from onggi.apiserver.authz.node import node_name, references
from onggi.apiserver.plugins.service_account import MIRROR
from onggi.kinds.core.node import NODE
from onggi.kinds.core.pod import POD

LEASES = "kube-node-lease"
RESTRICTED = "node-restriction.kubernetes.io"
KUBELET_LABELS = {
    "kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch",
    "topology.kubernetes.io/zone", "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region",
    "beta.kubernetes.io/instance-type", "beta.kubernetes.io/os", "beta.kubernetes.io/arch",
    "node.kubernetes.io/instance-type",
}  # fmt: skip
KUBELET_NAMESPACES = ("kubelet.kubernetes.io", "node.kubernetes.io")


def node_restriction(review: Review, lookup: Lookup) -> None:
    node = node_name(review.call.user)
    if node is None:
        return
    if not node:
        raise forbidden(review, f"could not determine node from user {quote(user(review))}")
    key = review.resource, review.subresource
    if check := CHECKS.get(key) or CHECKS.get((review.resource, "*")):
        check(node, review, lookup)


def user(review: Review) -> str:
    return review.call.user.name


def pods(node: str, review: Review, lookup: Lookup) -> None:
    match review.operation:
        case "CREATE":
            created_pod(node, review, lookup)
        case "DELETE":
            if get(review.old or {}, "spec.nodeName") != node:
                raise forbidden(review, own("delete pods", node))
        case operation:
            why = f"node {quote(node)} can only create and delete mirror pods"
            raise forbidden(review, f"unexpected operation {quote(operation)}, {why}")


def own(what: str, node: str) -> str:
    return f"node {quote(node)} can only {what} with spec.nodeName set to itself"


def created_pod(node: str, review: Review, lookup: Lookup) -> None:
    assert review.obj is not None
    pod, shown = review.obj, quote(node)
    if MIRROR not in (pod["metadata"].get("annotations") or {}):
        why = f"pod does not have {quote(MIRROR)} annotation"
        raise forbidden(review, f"{why}, node {shown} can only create mirror pods")
    if get(pod, "spec.nodeName") != node:
        raise forbidden(review, own("create pods", node))
    owned_by_node(node, review, lookup)
    if get(pod, "spec.serviceAccountName"):
        why = f"node {shown} can not create pods that reference a service account"
        raise forbidden(review, why)
    for kind in sorted(referred(pod)):
        raise forbidden(review, f"node {shown} can not create pods that reference {kind}")


def referred(pod: View) -> set[str]:
    """What a node's own pod may not refer to: any object of the API."""
    found = {kind for kind, _ in references(pod)} & {"secrets", "configmaps"}
    if any(volume.get("persistentVolumeClaim") for volume in get(pod, "spec.volumes") or ()):
        found.add("persistentvolumeclaims")
    if get(pod, "spec.resourceClaims"):
        found.add("resourceclaims")
    return found


def owned_by_node(node: str, review: Review, lookup: Lookup) -> None:
    assert review.obj is not None
    owners, shown = review.obj["metadata"].get("ownerReferences") or [], quote(node)
    if len(owners) > 1:
        why = f"node {shown} can only create pods with a single owner reference set to itself"
        raise forbidden(review, why)
    owner = owners[0] if owners else {}
    if (owner.get("apiVersion"), owner.get("kind"), owner.get("name")) != ("v1", "Node", node):
        why = f"node {shown} can only create pods with an owner reference set to itself"
        raise forbidden(review, why)
    if not owner.get("controller"):
        why = f"node {shown} can only create pods with a controller owner reference set to itself"
        raise forbidden(review, why)
    if owner.get("blockOwnerDeletion"):
        why = f"node {shown} must not set blockOwnerDeletion on an owner reference"
        raise forbidden(review, why)
    present = lookup.get(NODE, "", node)
    if present is None:
        raise NotFound("nodes", node)
    uid = present["metadata"]["uid"]
    if owner.get("uid") != uid:
        why = f"node {node} UID mismatch: expected {owner.get('uid')} got {uid}"
        raise forbidden(review, why)


def pod_status(node: str, review: Review, lookup: Lookup) -> None:
    if review.operation != UPDATE:
        raise forbidden(review, f"unexpected operation {quote(review.operation)}")
    assert review.obj is not None
    old = review.old or {}
    if get(old, "spec.nodeName") != node:
        raise forbidden(review, own("update pod status for pods", node))
    if (review.obj["metadata"].get("labels") or {}) != (get(old, "metadata.labels") or {}):
        raise forbidden(review, f"node {quote(node)} cannot update labels through pod status")


def eviction(node: str, review: Review, lookup: Lookup) -> None:
    pod = lookup.get(POD, review.call.namespace, review.call.target.name)
    if pod is None:
        raise NotFound("pods", review.call.target.name)
    if get(pod, "spec.nodeName") != node:
        why = f"node {node} can only evict pods with spec.nodeName set to itself"
        raise forbidden(review, why)


def nodes(node: str, review: Review, lookup: Lookup) -> None:
    name = review.call.target.name or get(review.obj or {}, "metadata.name", "")
    if name != node:
        raise forbidden(review, f"node {quote(node)} is not allowed to modify node {quote(name)}")
    if review.obj is None:
        return
    wrong = forbidden_labels(review.obj, review.old or {})
    if wrong and review.operation == CREATE:
        why = f"node {quote(node)} is not allowed to set the following labels: {', '.join(wrong)}"
        raise forbidden(review, why)
    if review.operation == UPDATE:
        if get(review.obj, "spec.taints") != get(review.old or {}, "spec.taints"):
            raise forbidden(review, f"node {quote(node)} is not allowed to modify taints")
        if owners(review.obj) != owners(review.old or {}):  # or the collector would delete it
            why = f"node {quote(node)} is not allowed to modify ownerReferences"
            raise forbidden(review, why)
        if wrong:
            raise forbidden(review, f"is not allowed to modify labels: {', '.join(wrong)}")


def owners(obj: View) -> Sequence[View]:
    found: Sequence[View] = get(obj, "metadata.ownerReferences") or ()
    return found


def forbidden_labels(new: View, old: View) -> list[str]:
    after, before = (get(obj, "metadata.labels") or {} for obj in (new, old))
    changed = {k for k in {*after, *before} if after.get(k) != before.get(k)}
    return sorted(key for key in changed if is_forbidden(key))


def is_forbidden(key: str) -> bool:
    namespace = key.rpartition("/")[0]
    if within(namespace, RESTRICTED):
        return True
    official = within(namespace, "kubernetes.io") or within(namespace, "k8s.io")
    known = key in KUBELET_LABELS or any(within(namespace, n) for n in KUBELET_NAMESPACES)
    return official and not known


def within(namespace: str, domain: str) -> bool:
    return namespace == domain or namespace.endswith(f".{domain}")


def tokens(node: str, review: Review, lookup: Lookup) -> None:
    ref: View = get(review.obj or {}, "spec.boundObjectRef") or {}
    if (ref.get("apiVersion"), ref.get("kind")) != ("v1", "Pod") or not ref.get("name"):
        raise forbidden(review, "node requested token not bound to a pod")
    if not ref.get("uid"):
        raise forbidden(review, "node requested token with a pod binding without a uid")
    pod = lookup.get(POD, review.call.namespace, ref["name"])
    if pod is None:
        raise NotFound("pods", ref["name"])
    if ref["uid"] != pod["metadata"]["uid"]:
        why = (
            f"the UID in the bound object reference ({ref['uid']}) does not match the UID in "
            "record. The object might have been deleted and then recreated"
        )
        raise forbidden(review, why)
    if get(pod, "spec.nodeName") != node:
        raise forbidden(review, "node requested token bound to a pod scheduled on a different node")
    token_audience(review, pod)


def token_audience(review: Review, pod: View) -> None:
    """Only what a volume of the pod asks for (ServiceAccountNodeAudienceRestriction)."""
    wanted = get(review.obj or {}, "spec.audiences") or [""]
    if len(wanted) > 1:
        raise forbidden(review, "node may only request 0 or 1 audiences")
    if wanted[0] not in audiences(pod):
        why = (
            f"audience {quote(wanted[0])} not found in pod spec volume, {user(review)} is not "
            "authorized to request tokens for this audience"
        )
        raise forbidden(review, why)


def audiences(pod: View) -> Iterator[str]:
    for volume in get(pod, "spec.volumes") or ():
        for source in get(volume, "projected.sources") or ():
            if token := source.get("serviceAccountToken"):
                yield token.get("audience") or ""


def leases(node: str, review: Review, lookup: Lookup) -> None:
    if review.call.namespace != LEASES:
        raise forbidden(review, f"can only access leases in the {quote(LEASES)} system namespace")
    name = review.call.target.name or get(review.obj or {}, "metadata.name")
    if name != node:
        why = "can only access node lease with the same name as the requesting node"
        raise forbidden(review, why)


def csi_nodes(node: str, review: Review, lookup: Lookup) -> None:
    name = review.call.target.name or get(review.obj or {}, "metadata.name")
    if name != node:
        raise forbidden(review, "can only access CSINode with the same name as the requesting node")


def slices(node: str, review: Review, lookup: Lookup) -> None:
    """Devices: a node's driver tells of that node's only."""
    verbs = {CREATE: ("create", review.obj), DELETE: ("delete", review.old)}
    verb, obj = verbs.get(review.operation, ("", None))
    if verb and get(obj or {}, "spec.nodeName") != node:
        why = f"can only {verb} ResourceSlice with the same NodeName as the requesting node"
        raise forbidden(review, why)


def claim_status(node: str, review: Review, lookup: Lookup) -> None:
    """A node that has made a volume larger says so, and nothing else."""
    if review.operation != UPDATE:
        raise forbidden(review, f"unexpected operation {quote(review.operation)}")
    if without_size(review.obj or {}) != without_size(review.old or {}):
        why = (
            f"node {quote(node)} is not allowed to update fields other than status.quantity and "
            "status.conditions"
        )
        raise forbidden(review, why)


def without_size(claim: View) -> dict[str, Any]:
    versions = ("managedFields", "resourceVersion")
    meta = {k: v for k, v in (claim.get("metadata") or {}).items() if k not in versions}
    status = {k: v for k, v in (claim.get("status") or {}).items() if k not in SIZES}
    return {**claim, "metadata": meta, "status": status}


SIZES = ("capacity", "conditions", "allocatedResources", "allocatedResourceStatuses")
Check = Callable[[str, Review, Lookup], None]

CHECKS: Mapping[tuple[str, str], Check] = {
    ("pods", ""): pods,
    ("pods", "status"): pod_status,
    ("pods", "eviction"): eviction,
    ("nodes", "*"): nodes,
    ("serviceaccounts", "token"): tokens,
    ("leases.coordination.k8s.io", ""): leases,
    ("persistentvolumeclaims", "status"): claim_status,
    ("csinodes.storage.k8s.io", ""): csi_nodes,
    ("resourceslices.resource.k8s.io", ""): slices,
}
