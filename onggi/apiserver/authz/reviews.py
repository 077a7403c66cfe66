"""The access reviews: what a user may do, answered as an object. Pure but for the authorizer.

Source: ``pkg/registry/authorization/*/rest.go``, ``pkg/apis/authorization/validation``.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from onggi.api.errors import BadRequest, Invalid
from onggi.api.field_error import FieldError, invalid
from onggi.api.http import User
from onggi.api.objects import Object, View
from onggi.apiserver.authz.attributes import Attributes
from onggi.apiserver.authz.authorizer import Authorizer

Review = Callable[[User, str, View], Object]  # (who asks, namespace of the path, body) → answer
EITHER = "exactly one of nonResourceAttributes or resourceAttributes must be specified"


def handlers(authorizer: Authorizer) -> Mapping[str, Review]:
    """By kind: what answers a create. Each returns the whole object; refusals are raised."""

    def of_anybody(user: User, namespace: str, body: View) -> Object:
        _check(body, [*_of_spec(body, "spec"), *_of_subject(body)])
        return _answer(authorizer, subject(body["spec"]), body)

    def of_self(user: User, namespace: str, body: View) -> Object:
        _check(body, _of_spec(body, "spec"))
        return _answer(authorizer, user, body)

    def local(user: User, namespace: str, body: View) -> Object:
        body = _in_namespace(body, namespace)
        errors = [*_of_spec(body, "spec"), *_of_subject(body), *_of_place(body)]
        _check(body, errors, {"namespace"})
        return _answer(authorizer, subject(body["spec"]), body)

    def own_rules(user: User, namespace: str, body: View) -> Object:
        return _rules(authorizer, user, body)

    return {
        "SubjectAccessReview": of_anybody,
        "SelfSubjectAccessReview": of_self,
        "LocalSubjectAccessReview": local,
        "SelfSubjectRulesReview": own_rules,
    }


def subject(spec: View) -> User:
    """Whom a SubjectAccessReview is about."""
    extra = {k.lower(): tuple(v) for k, v in (spec.get("extra") or {}).items()}
    groups = tuple(spec.get("groups") or ())
    return User(spec.get("user", ""), groups, spec.get("uid", ""), extra)


def attributes(user: User, spec: View) -> Attributes:
    if (path := spec.get("nonResourceAttributes")) is not None:
        return Attributes(user, path.get("verb", ""), path=path.get("path", ""))
    asked = spec["resourceAttributes"]
    words = (asked.get(field, "") for field in FIELDS)
    selector = _selector(asked.get("fieldSelector") or {})
    return Attributes(user, *words)._replace(field_selector=selector)


FIELDS = ("verb", "group", "version", "resource", "subresource", "namespace", "name")


def _selector(selector: View) -> str:
    """A field selector's text; leaving out what the authorizer cannot use allows no more."""
    if raw := selector.get("rawSelector"):
        return str(raw)
    return ",".join(
        f"{r['key']}={r['values'][0]}"
        for r in selector.get("requirements") or ()
        if r.get("operator") == "In" and len(r.get("values") or ()) == 1
    )


def _answer(authorizer: Authorizer, user: User, body: View) -> Object:
    decision = authorizer.authorize(attributes(user, body["spec"]))
    status: Object = {"allowed": decision.allowed}
    if decision.reason:
        status["reason"] = decision.reason
    return {**body, "metadata": body.get("metadata") or {}, "status": status}


def _rules(authorizer: Authorizer, user: User, body: View) -> Object:
    namespace = (body.get("spec") or {}).get("namespace", "")
    if not namespace:
        raise BadRequest("no namespace on request")
    rules, problem = authorizer.rules(Attributes(user, "", namespace=namespace))
    status: Object = {
        "resourceRules": [rule.object() for rule in rules if rule.resources],
        "nonResourceRules": [rule.object() for rule in rules if rule.urls],
        "incomplete": bool(problem),
    }
    if problem:
        status["evaluationError"] = problem
    return {**body, "metadata": body.get("metadata") or {}, "status": status}


def _of_spec(body: View, path: str) -> Iterable[FieldError]:
    spec = body.get("spec") or {}
    resource, other = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if resource is not None and other is not None:
        why = "cannot be specified in combination with resourceAttributes"
        yield invalid(f"{path}.nonResourceAttributes", other, why)
    if resource is None and other is None:
        yield invalid(f"{path}.resourceAttributes", None, EITHER)


def _of_subject(body: View) -> Iterable[FieldError]:
    spec = body.get("spec") or {}
    if not spec.get("user") and not spec.get("groups"):
        yield invalid("spec.user", "", "at least one of user or group must be specified")


def _of_place(body: View) -> Iterable[FieldError]:
    spec = body["spec"]
    asked = (spec.get("resourceAttributes") or {}).get("namespace", "")
    if spec.get("resourceAttributes") is not None and asked != body["metadata"]["namespace"]:
        path = "spec.resourceAttributes.namespace"
        yield invalid(path, asked, "must match metadata.namespace")
    if spec.get("nonResourceAttributes") is not None:
        path = "spec.nonResourceAttributes"
        yield invalid(path, spec["nonResourceAttributes"], "disallowed on this kind of request")


def _in_namespace(body: View, namespace: str) -> View:
    meta: dict[str, Any] = dict(body.get("metadata") or {})
    if meta.setdefault("namespace", namespace) != namespace:
        raise BadRequest(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    return {**body, "spec": body.get("spec") or {}, "metadata": meta}


def _check(body: View, errors: Iterable[FieldError], allowed: Collection[str] = ()) -> None:
    """Raises Invalid; metadata may have only what is ``allowed``."""
    found = list(errors)
    ignored = {"managedFields", "creationTimestamp", *allowed}
    meta = {k: v for k, v in (body.get("metadata") or {}).items() if v and k not in ignored}
    if meta:
        why = "must be empty except for namespace" if allowed else "must be empty"
        found.append(invalid("metadata", meta, why))
    if found:
        raise Invalid(f"{body['kind']}.authorization.k8s.io", "", found)
