"""PodTopologyLabels: a pod carries the zone and the region of its node.

Source: ``plugin/pkg/admission/podtopologylabels/admission.go``. The labels travel on the
binding; the pod takes those that it does not have.
"""

from onggi.api.objects import Object, get
from onggi.apiserver.admission import CREATE, Lookup, Review
from onggi.kinds.core.node import NODE

LABELS = ("topology.kubernetes.io/zone", "topology.kubernetes.io/region")


def label_with_topology(review: Review, lookup: Lookup) -> None:
    resource, sub = review.call.kind.plural, review.subresource
    if review.operation != CREATE or resource not in ("pods", "bindings"):
        return
    if resource == "bindings" or sub == "binding":
        merge(review.obj, get(review.obj or {}, "target.name"), lookup)
    elif not sub:
        merge(review.obj, get(review.obj or {}, "spec.nodeName"), lookup)


def merge(obj: Object | None, node: str | None, lookup: Lookup) -> None:
    if obj is None or not node or (found := lookup.get(NODE, "", node)) is None:
        return
    given = get(found, "metadata.labels") or {}
    if labels := {key: given[key] for key in LABELS if key in given}:
        meta = obj["metadata"]
        meta["labels"] = {**(meta.get("labels") or {}), **labels}
