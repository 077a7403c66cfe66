"""What the expressions of admission see of a write: objects, request, namespace, authorizer.

Source: ``k8s.io/apiserver/pkg/admission/plugin/cel/activation.go``.
"""

from collections.abc import Mapping
from typing import Any

from onggi.api.cel.library.authorization import Authorizer, Decision, Question, ResourceCheck
from onggi.api.errors import NotFound
from onggi.api.http import User
from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.apiserver.admission import Lookup, Review
from onggi.apiserver.authz.attributes import Attributes
from onggi.apiserver.authz.attributes import Authorizer as Authorizes
from onggi.apiserver.matching import asked_of
from onggi.apiserver.webhooks.panel import between
from onggi.apiserver.webhooks.review import request
from onggi.kinds.core.namespace import NAMESPACE

NAMESPACE_FIELDS = (
    "name", "generateName", "namespace", "labels", "annotations", "creationTimestamp",
    "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "resourceVersion",
    "finalizers",
)  # fmt: skip


def values(
    review: Review, kind: Kind, authorizer: Authorizes, namespace: View | None = None
) -> dict[str, Any]:
    """The write seen as ``kind``; what belongs to one policy alone (params) is not there."""
    new, old = (obj and between(obj, review.kind, kind) for obj in (review.obj, review.old))
    sent = request(review, kind, (None, None))
    del sent["object"], sent["oldObject"]
    return {
        "object": new,
        "oldObject": old,
        "request": sent,
        "namespaceObject": namespace and shown(namespace),
        **rights(review, authorizer),
    }


def namespace_of(review: Review, lookup: Lookup) -> View | None:
    """The namespace of a namespaced object. Raises NotFound."""
    asked = asked_of(review)
    if not asked.namespace or asked.is_namespace:
        return None
    found = lookup.get(NAMESPACE, "", asked.namespace)
    if found is None:
        raise NotFound("namespaces", asked.namespace)
    return found


def shown(namespace: View) -> View:
    """A namespace as expressions may see it."""
    meta = namespace["metadata"]
    kept = {field: meta[field] for field in NAMESPACE_FIELDS if field in meta}
    kept["UID"] = meta.get("uid", "")
    return {
        "metadata": kept,
        "spec": namespace.get("spec") or {},
        "status": namespace.get("status") or {},
    }


def rights(review: Review, authorizer: Authorizes) -> Mapping[str, Any]:
    """``authorizer``, and ``authorizer.requestResource``: about what the request is about."""
    asked = asked_of(review)
    known: dict[Question, Decision] = {}

    def decide(question: Question) -> Decision:
        found = known.get(question)
        if found is None:
            found = known[question] = decided(review.call.user, question, authorizer)
        return found

    may = Authorizer(decide)
    about = ResourceCheck(
        may, asked.group, asked.resource, asked.subresource, asked.namespace, asked.name
    )
    return {"authorizer": may, "authorizer.requestResource": about}


def decided(user: User, question: Question, authorizer: Authorizes) -> Decision:
    if question.user is not None:
        user = service_account(*question.user)
    attributes = Attributes(
        user, question.verb, question.group, "*", question.resource, question.subresource,
        question.namespace, question.name, question.path, question.field_selector,
    )  # fmt: skip
    if question.path:
        attributes = Attributes(user, question.verb, path=question.path)
    found = authorizer.authorize(attributes)
    return Decision(found.allowed, found.reason)


def service_account(namespace: str, name: str) -> User:
    groups = (
        "system:serviceaccounts",
        f"system:serviceaccounts:{namespace}",
        "system:authenticated",
    )
    return User(f"system:serviceaccount:{namespace}:{name}", groups)
