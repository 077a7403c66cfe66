"""A server in memory for tests: everything real but who asks and what they may."""

from datetime import UTC, datetime

from onggi.api.http import Request, User
from onggi.api.kind import Kind
from onggi.api.objects import Object
from onggi.apiserver.app import App
from onggi.apiserver.assemble import assemble
from onggi.apiserver.authz.attributes import Attributes, Decision
from onggi.client.inprocess import InProcess
from onggi.store.memory import MemoryStore

ADMIN = User("admin", ("system:masters", "system:authenticated"))


class Trusting:
    """Everybody is who they say, and may do everything."""

    def authenticate(self, request: Request) -> User:
        return request.user or ADMIN

    def authorize(self, attributes: Attributes) -> Decision:
        return Decision(True)


class Lenient:
    """Every field is known."""

    def decode(self, kind: Kind, obj: Object) -> list[str]:
        return []


def server(store=None, **options) -> App:
    trusting = Trusting()
    options.setdefault("schemas", Lenient())
    options.setdefault("clock", lambda: datetime.now(UTC))  # noqa: TID251
    return assemble(store or MemoryStore(), trusting, trusting, **options)


def client(app: App, user: User = ADMIN) -> InProcess:
    return InProcess(app, user)
