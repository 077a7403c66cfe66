"""What is asked of the authorizer, and what it answers.

``verb`` is the API's, not HTTP's: get, list, watch, create, update, patch, delete,
deletecollection, or a special one (escalate, bind, impersonate). For a request that is not about a
resource (``/healthz``) it is the HTTP method in lower case, ``resource`` is empty and ``path`` set.
Source: ``k8s.io/apiserver/pkg/authorization/authorizer``.
"""

from typing import NamedTuple, Protocol

from onggi.api.errors import Forbidden
from onggi.api.gotext import quote
from onggi.api.http import User

HARMLESS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class Attributes(NamedTuple):
    """``name`` of a list, watch or deletecollection is what its field selector says about
    ``metadata.name`` (see ``selected``): RBAC's resourceNames apply to it."""

    user: User
    verb: str
    group: str = ""
    version: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""
    field_selector: str = ""

    @property
    def is_resource(self) -> bool:
        return bool(self.resource) or not self.path


class Decision(NamedTuple):
    """``reason`` is shown to whoever was refused, and to who asks by a SubjectAccessReview."""

    allowed: bool
    reason: str = ""


class Authorizer(Protocol):
    def authorize(self, attributes: Attributes) -> Decision: ...


def selected(field_selector: str, field: str) -> str:
    """The one value that a field selector demands of ``field``, or nothing."""
    for term in field_selector.split(",") if field in field_selector else ():
        key, found, value = term.partition("=")
        if found and key == field:
            return value.removeprefix("=")
    return ""


def refusal(asked: Attributes, reason: str = "") -> Forbidden:
    """The 403 that upstream answers (``responsewriters.Forbidden``)."""
    why = description(asked).translate(HARMLESS)
    resource = f"{asked.resource}.{asked.group}" if asked.group else asked.resource
    return Forbidden(resource, asked.name, f"{why}: {reason}" if reason else why)


def description(asked: Attributes) -> str:
    who = f"User {quote(asked.user.name)} cannot {asked.verb}"
    if not asked.is_resource:
        return f"{who} path {quote(asked.path)}"
    what = f"{asked.resource}/{asked.subresource}" if asked.subresource else asked.resource
    text = f"{who} resource {quote(what)} in API group {quote(asked.group)}"
    if asked.namespace:
        return f"{text} in the namespace {quote(asked.namespace)}"
    return f"{text} at the cluster scope"
