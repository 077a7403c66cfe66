"""TaintNodesByCondition: a node that has just come gets no pods until it is known to be ready.

Source: ``plugin/pkg/admission/nodetaint/admission.go``.
"""

from onggi.apiserver.admission import CREATE, Lookup, Review

NOT_READY = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}


def taint_new_nodes(review: Review, lookup: Lookup) -> None:
    if review.resource != "nodes" or review.subresource or review.operation != CREATE:
        return
    assert review.obj is not None
    spec = review.obj.setdefault("spec", {})
    taints = spec.get("taints") or []
    if not any(taint_is(taint) for taint in taints):
        spec["taints"] = [*taints, dict(NOT_READY)]


def taint_is(taint: dict[str, str]) -> bool:
    return all(taint.get(field) == value for field, value in NOT_READY.items())
