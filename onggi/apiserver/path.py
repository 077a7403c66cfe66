"""What a request asks for, read from its method and path alone. Pure.

The forms and their order are those of ``RequestInfoFactory.NewRequestInfo`` in
``k8s.io/apiserver/pkg/endpoints/request``, since authorization rests on them.
"""

from functools import lru_cache
from typing import NamedTuple

from onggi.api.http import Request

VERBS = {
    "GET": "get",
    "HEAD": "get",
    "POST": "create",
    "PUT": "update",
    "PATCH": "patch",
    "DELETE": "delete",
}
COLLECTION = {"get": "list", "delete": "deletecollection"}
NAMESPACE_SUBRESOURCES = ("status", "finalize")
LONGEST = 4096  # characters; longer paths name nothing that can exist


class Target(NamedTuple):
    """``resource`` is empty where the path names no resource; ``verb`` is then the method in
    lower case. ``rest`` is what follows a subresource. A namespace is in itself."""

    path: str
    verb: str
    group: str = ""
    version: str = ""
    namespace: str = ""
    resource: str = ""
    name: str = ""
    subresource: str = ""
    rest: tuple[str, ...] = ()
    special: bool = False  # the deprecated form /watch/…

    @property
    def label(self) -> str:
        """``pods/log``, ``deployments.apps``: as messages name it."""
        resource = f"{self.resource}/{self.subresource}" if self.subresource else self.resource
        return f"{resource}.{self.group}" if self.group else resource


@lru_cache(maxsize=8192)
def parse(method: str, path: str) -> Target:
    """``path`` is decoded and has no query."""
    parts = [part for part in path.split("/") if part] if len(path) <= LONGEST else []
    other = Target(path, method.lower())
    if len(parts) < 3 or parts[0] not in ("api", "apis"):
        return other
    group = ""
    if parts.pop(0) == "apis":
        if len(parts) < 3:
            return other
        group = parts.pop(0)
    version = parts.pop(0)
    verb = VERBS.get(method, "")
    special = parts[0] == "watch" and len(parts) > 1
    if special:
        verb = "watch"
        parts.pop(0)
    return _resource(Target(path, verb, group, version, special=special), parts)


def _resource(target: Target, parts: list[str]) -> Target:
    namespace = ""
    if parts[0] == "namespaces" and len(parts) > 1:
        namespace = parts[1]
        if len(parts) > 2 and parts[2] not in NAMESPACE_SUBRESOURCES:
            parts = parts[2:]
    resource, name, subresource = (*parts[:3], "", "")[:3]
    verb = target.verb if name else COLLECTION.get(target.verb, target.verb)
    return target._replace(
        verb=verb,
        namespace=namespace,
        resource=resource,
        name=name,
        subresource=subresource,
        rest=tuple(parts[3:]),
    )


def described(request: Request) -> Target:
    """What the request is about: its path, and for a list whether it is a watch."""
    target = parse(request.method, request.path)
    if target.verb == "list" and request.query and request.flag("watch"):
        return target._replace(verb="watch")
    return target
