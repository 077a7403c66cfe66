"""An audit Event (audit.k8s.io/v1), from what is known of a request. Pure.

Source: ``staging/src/k8s.io/apiserver/pkg/apis/audit/v1/types.go``, ``pkg/audit/request.go``.
"""

from typing import Any
from urllib.parse import quote, urlencode

from onggi.api.http import Request, User
from onggi.api.objects import Object, View
from onggi.apiserver.path import Target

LOOPBACK = "127.0.0.1"
LONGEST_AGENT = 1024  # characters
PATHS = "/:@!$&'()*+,;=~-._"  # not escaped in a path


def uri(request: Request) -> str:
    """Path and query as they were, up to the escaping that means nothing."""
    path = quote(request.path, safe=PATHS)
    return f"{path}?{urlencode(request.query, doseq=True)}" if request.query else path


def begun(request: Request, target: Target, user: User) -> Object:
    """What is known when a request has come in."""
    event: Object = {
        "requestURI": uri(request),
        "verb": target.verb,
        "user": user.info,
        "sourceIPs": sources(request),
    }
    if agent := request.headers.get("user-agent", ""):
        event["userAgent"] = agent[:LONGEST_AGENT]
    if target.resource:
        event["objectRef"] = reference(target)
    return event


def sources(request: Request) -> list[str]:
    """What proxies say of the client, then who connected."""
    said = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",")]
    peer = request.peer or LOOPBACK
    return [*dict.fromkeys([*filter(None, said), peer])]


def reference(target: Target) -> Object:
    found = {
        "resource": target.resource,
        "namespace": target.namespace,
        "name": target.name,
        "apiGroup": target.group,
        "apiVersion": target.version,
        "subresource": target.subresource,
    }
    return {name: value for name, value in found.items() if value}


def completed(ref: Object, obj: Any) -> None:
    """What only the body of a creation or an update says of the object."""
    meta = obj.get("metadata") if isinstance(obj, dict) else None
    if not isinstance(meta, dict):
        return
    for name in ("name", "namespace", "uid", "resourceVersion"):
        if isinstance(meta.get(name), str) and meta[name]:
            ref.setdefault(name, meta[name])


def without_managed_fields(obj: Any) -> Any:
    """Also in the items of a list."""
    if not isinstance(obj, dict):
        return obj
    found = dict(obj)
    if isinstance(found.get("metadata"), dict):
        found["metadata"] = {k: v for k, v in found["metadata"].items() if k != "managedFields"}
    if isinstance(found.get("items"), list):
        found["items"] = [without_managed_fields(item) for item in found["items"]]
    return found


def status_of(code: int, refusal: View | None = None) -> Object:
    """``responseStatus``."""
    if refusal is None:
        return {"metadata": {}, "code": code}
    return {k: v for k, v in refusal.items() if k not in ("kind", "apiVersion")}
