"""A server in memory for tests: everything real but who asks and what they may."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import msgspec

from onggi.api.errors import StatusError
from onggi.api.http import Request, Response, User
from onggi.apiserver.assemble import ApiServer, Parts, assemble
from onggi.apiserver.authz.attributes import Attributes, Decision
from onggi.client.inprocess import InProcess
from onggi.store.memory import MemoryStore
from onggi.store.store import Store

ADMIN = User("admin", ("system:masters", "system:authenticated"))


class Trusting:
    """Everybody is who they say, and may do everything."""

    def authenticate(self, request: Request) -> User:
        return request.user or ADMIN

    def authorize(self, attributes: Attributes) -> Decision:
        return Decision(True)


def server(store: Store | None = None, **options: Any) -> ApiServer:
    trusting = Trusting()
    parts = Parts(authenticator=trusting, authorizer=trusting, virtual={}, pages={})
    options.setdefault("clock", lambda: datetime.now(UTC))  # noqa: TID251
    return assemble(store or MemoryStore(), parts, **options)


def client(handler: ApiServer, user: User = ADMIN) -> InProcess:
    return InProcess(handler, user)


async def ask(handler: ApiServer, method: str, url: str, body: Any = b"", **headers: str) -> Any:
    """One request as from a socket, decoded: (status, object). A refusal is its Status."""
    path, _, query = url.partition("?")
    request = Request(
        method=method,
        path=path,
        query=parse_qs(query, keep_blank_values=True),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=body if isinstance(body, bytes) else msgspec.json.encode(body),
        user=ADMIN,
    )
    try:
        answer = await handler.handle(request)
    except StatusError as refused:
        return refused.status_code, refused.status()
    assert isinstance(answer, Response)
    raw = answer.body if isinstance(answer.body, bytes) else msgspec.json.encode(answer.body)
    if not answer.content_type.startswith("application/json"):
        return answer.status, raw.decode()
    return answer.status, msgspec.json.decode(raw) if raw else None


def config_map(name: str = "one", **more: Any) -> Any:
    return {"metadata": {"name": name, "namespace": "default"}, "data": {"key": "value"}, **more}


def pod(name: str = "web", **spec: Any) -> Any:
    containers = [{"name": "main", "image": "example.com/app:1"}]
    return {
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"containers": containers, **spec},
    }
