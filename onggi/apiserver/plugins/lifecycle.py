"""NamespaceLifecycle: nothing new in a namespace that is missing or on its way out.

Source: ``k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle``.
"""

from onggi.api.errors import Forbidden, NotFound
from onggi.api.objects import get
from onggi.apiserver.admission import CREATE, DELETE, Lookup, Review, forbidden
from onggi.kinds.core.namespace import NAMESPACE

IMMORTAL = ("default", "kube-system", "kube-public")
ACCESS_REVIEWS = ("localsubjectaccessreviews.authorization.k8s.io",)


def namespace_lifecycle(review: Review, lookup: Lookup) -> None:
    call = review.call
    if review.resource == "namespaces":
        if review.operation == DELETE and call.target.name in IMMORTAL:
            raise Forbidden("namespaces", call.target.name, "this namespace may not be deleted")
        return
    if review.operation != CREATE or not call.namespace or review.resource in ACCESS_REVIEWS:
        return
    namespace = lookup.get(NAMESPACE, "", call.namespace)
    if namespace is None:
        raise NotFound("namespaces", call.namespace)
    if get(namespace, "status.phase") == "Terminating":
        raise terminating(review)


def terminating(review: Review) -> Forbidden:
    name = review.call.namespace
    error = forbidden(
        review, f"unable to create new content in namespace {name} because it is being terminated"
    )
    cause = {
        "reason": "NamespaceTerminating",
        "message": f"namespace {name} is being terminated",
        "field": "metadata.namespace",
    }
    error.details["causes"] = [cause]
    return error
