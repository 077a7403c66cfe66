"""What an authorizer is asked: who wants to do what to which thing.

Source: ``k8s.io/apiserver/pkg/authorization/authorizer`` (Attributes).
"""

from typing import NamedTuple, Protocol

from onggi.api.http import User


class Attributes(NamedTuple):
    """A resource request has a ``resource``; any other request has only verb and ``path``.

    ``verb`` is an API verb (get, list, watch, create, …); for a path that names no resource
    it is the HTTP method in lower case. ``namespace`` is empty for all, or none.
    """

    user: User
    verb: str
    group: str = ""
    version: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""


class Decision(NamedTuple):
    """``reason`` is shown to whoever was refused, and to who asks by a SubjectAccessReview."""

    allowed: bool
    reason: str = ""


class Authorizer(Protocol):
    def authorize(self, attributes: Attributes) -> Decision: ...
