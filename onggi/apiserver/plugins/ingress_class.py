"""DefaultIngressClass: an Ingress that names no class gets the default one.

Source: ``plugin/pkg/admission/network/defaultingressclass/admission.go``.
"""

from onggi.api.objects import View
from onggi.apiserver.admission import CREATE, Lookup, Review
from onggi.kinds.networking.ingress import INGRESS
from onggi.kinds.networking.ingressclass import INGRESSCLASS

IS_DEFAULT = "ingressclass.kubernetes.io/is-default-class"
OLD_ANNOTATION = "kubernetes.io/ingress.class"


def default_ingress_class(review: Review, lookup: Lookup) -> None:
    if review.resource != INGRESS.resource or review.subresource or review.operation != CREATE:
        return
    assert review.obj is not None
    spec = review.obj.setdefault("spec", {})
    annotations = review.obj["metadata"].get("annotations") or {}
    if spec.get("ingressClassName") is not None or OLD_ANNOTATION in annotations:
        return
    marked = sorted((c for c in lookup.list(INGRESSCLASS) if is_default(c)), key=by_name)
    if marked:
        newest = max(marked, key=lambda c: c["metadata"]["creationTimestamp"])
        spec["ingressClassName"] = newest["metadata"]["name"]


def is_default(found: View) -> bool:
    return (found["metadata"].get("annotations") or {}).get(IS_DEFAULT) == "true"


def by_name(found: View) -> str:
    name: str = found["metadata"]["name"]
    return name
