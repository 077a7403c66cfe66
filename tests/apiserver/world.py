"""A server in memory for tests: everything real but who asks and what they may."""

from datetime import UTC, datetime
from typing import Any

from onggi.api.http import Request, User
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
