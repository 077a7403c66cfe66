"""The cluster in this process: no socket, no JSON; the same authorization and admission.

Objects that come back are shared with other readers: they must not be written to.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any

from onggi.api.errors import StatusError
from onggi.api.http import Handler, Request, Response, Stream, User
from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.client.cluster import MERGE, Event, Listing, Selection

Query = dict[str, list[str]]
EVERYWHERE = Selection()


class InProcess:
    """``onggi.client.cluster.Cluster`` over a handler, as ``user``."""

    def __init__(self, handler: Handler, user: User) -> None:
        self._handler, self._user = handler, user
        self._headers = {"user-agent": agent(user.name)}

    async def get(self, kind: Kind, namespace: str, name: str) -> View:
        return await self._ask("GET", path(kind, namespace, name))

    async def list(self, kind: Kind, selection: Selection = EVERYWHERE) -> Listing:
        answer = await self._ask("GET", path(kind, selection.namespace), query(selection))
        return Listing(answer["items"], answer["metadata"]["resourceVersion"])

    async def watch(
        self, kind: Kind, selection: Selection = EVERYWHERE, *, since: str = ""
    ) -> AsyncIterator[Event]:
        asked = query(selection) | {"watch": ["true"], "allowWatchBookmarks": ["true"]}
        if since:
            asked["resourceVersion"] = [since]
        request = self._request("GET", path(kind, selection.namespace), asked)
        stream = await self._handler.handle(request)
        if not isinstance(stream, Stream) or stream.objects is None:
            raise TypeError(f"a watch was answered with {stream!r}")
        async with aclosing(stream.objects) as batches:  # type: ignore[type-var]
            async for batch in batches:
                for type_, obj in batch:
                    if type_ == "ERROR":
                        raise StatusError.of(obj)
                    yield Event(type_, obj)

    async def create(self, kind: Kind, obj: View, *, subresource: str = "") -> View:
        meta = obj.get("metadata") or {}
        name = meta.get("name", "") if subresource else ""
        where = path(kind, meta.get("namespace", ""), name, subresource)
        return await self._ask("POST", where, body=obj)

    async def update(self, kind: Kind, obj: View, *, subresource: str = "") -> View:
        return await self._ask("PUT", path_of(kind, obj, subresource), body=obj)

    async def patch(
        self, kind: Kind, target: View, patch: Any, *, type: str = MERGE, subresource: str = ""
    ) -> View:
        where = path_of(kind, target, subresource)
        return await self._ask("PATCH", where, body=patch, content_type=type)

    async def delete(
        self, kind: Kind, target: View, options: Mapping[str, Any] | None = None
    ) -> View:
        return await self._ask("DELETE", path_of(kind, target, ""), body=options or b"")

    async def _ask(
        self,
        method: str,
        where: str,
        asked: Query | None = None,
        *,
        body: Any = b"",
        content_type: str = "",
    ) -> View:
        answer = await self._handler.handle(self._request(method, where, asked, body, content_type))
        if not isinstance(answer, Response) or isinstance(answer.body, bytes):
            raise TypeError(f"{method} {where} was answered with {answer!r}")
        return answer.body

    def _request(
        self,
        method: str,
        where: str,
        asked: Query | None = None,
        body: Any = b"",
        content_type: str = "",
    ) -> Request:
        headers = self._headers
        if content_type:
            headers = {**headers, "content-type": content_type}
        return Request(
            method=method,
            path=where,
            query=asked or {},
            headers=headers,
            body=body,
            user=self._user,
            objects=True,
        )


AGENTS = {"system:apiserver": "kube-apiserver", "system:kube-scheduler": "kube-scheduler"}


def agent(user: str) -> str:
    """Which of upstream's programs the user's would be: the manager of what it writes."""
    node = "kubelet" if user.startswith("system:node:") else "kube-controller-manager"
    return AGENTS.get(user, node)


def path(kind: Kind, namespace: str, name: str = "", subresource: str = "") -> str:
    """``/apis/apps/v1/namespaces/default/deployments/web/status``."""
    parts = ["apis", kind.group] if kind.group else ["api"]
    parts.append(kind.version)
    if kind.namespaced and namespace:
        parts += ["namespaces", namespace]
    parts += [kind.plural, name, subresource]
    return "/" + "/".join(part for part in parts if part)


def path_of(kind: Kind, obj: View, subresource: str) -> str:
    meta = obj["metadata"]
    return path(kind, meta.get("namespace", ""), meta["name"], subresource)


def query(selection: Selection) -> Query:
    found = {"labelSelector": selection.labels, "fieldSelector": selection.fields}
    return {name: [value] for name, value in found.items() if value}
