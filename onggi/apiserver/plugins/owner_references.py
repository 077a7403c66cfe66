"""OwnerReferencesPermissionEnforcement: who makes an object go with another must be allowed to
delete it; who makes another wait for it must be allowed to hold that one.

Source: ``plugin/pkg/admission/gc/gc_admission.go``.
"""

from collections.abc import Sequence
from functools import lru_cache

from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.apiserver.admission import UPDATE, Lookup, Plugin, Review, forbidden
from onggi.apiserver.authz.attributes import Attributes, Authorizer
from onggi.apiserver.registry import Registry

FREE = {("pods", "status")}  # a node's reports


def owner_permissions(authorizer: Authorizer, registry: Registry) -> Plugin:
    @lru_cache(256)
    def named(version: str, name: str, generation: int) -> Kind | None:
        return registry.named(version, name)

    def find(owner: View) -> Kind | None:
        version, name = owner.get("apiVersion") or "", owner.get("kind") or ""
        return named(version, name, registry.generation)

    def check(review: Review, lookup: Lookup) -> None:
        if review.obj is None or review.about is not None:
            return  # a deletion, or a Scale, a Binding, an Eviction: they have no owners
        new = (review.obj.get("metadata") or {}).get("ownerReferences") or ()
        old = ((review.old or {}).get("metadata") or {}).get("ownerReferences") or ()
        if list(new) == list(old) or (review.resource, review.subresource) in FREE:
            return
        if review.operation == UPDATE:
            check_delete(authorizer, review)
        for owner in newly_blocked(new, old):
            check_finalizers(authorizer, review, owner, find(owner))

    return check


def check_delete(authorizer: Authorizer, review: Review) -> None:
    asked = review.call.attributes(verb="delete", path="")
    decision = authorizer.authorize(asked)
    if not decision.allowed:
        why = "cannot set an ownerRef on a resource you can't delete"
        raise forbidden(review, f"{why}: {decision.reason}, <nil>")


def newly_blocked(new: Sequence[View], old: Sequence[View]) -> list[View]:
    before = {owner.get("uid") for owner in old if owner.get("blockOwnerDeletion")}
    return [o for o in new if o.get("blockOwnerDeletion") and o.get("uid") not in before]


def check_finalizers(
    authorizer: Authorizer, review: Review, owner: View, kind: Kind | None
) -> None:
    version, name = owner.get("apiVersion") or "", owner.get("kind") or ""
    if kind is None:
        why = f'no matches for kind "{name}" in version "{version}"'
        raise forbidden(
            review,
            "cannot set blockOwnerDeletion in this case because cannot find RESTMapping for "
            f"APIVersion {version} Kind {name}: {why}",
        )
    asked = Attributes(
        review.call.user, "update", kind.group, kind.version, kind.plural, "finalizers",
        review.call.namespace if kind.namespaced else "", owner.get("name") or "",
    )  # fmt: skip
    decision = authorizer.authorize(asked)
    if not decision.allowed:
        why = (
            "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set "
            "finalizers on"
        )
        raise forbidden(review, f"{why}: {decision.reason}, <nil>")
