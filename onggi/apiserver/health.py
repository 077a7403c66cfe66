"""``/healthz``, ``/livez``, ``/readyz``: is the server well, and which part is not.

    GET /readyz?verbose       every check by name
    GET /readyz/etcd          one of them
    GET /livez?exclude=etcd

The checks have upstream's names, as monitoring asks for them; ``etcd`` is our store.
Source: ``k8s.io/apiserver/pkg/server/healthz``.
"""

from collections.abc import Callable, Mapping

from onggi.api.errors import NoSuchPath
from onggi.api.http import Request, Response, User
from onggi.store.store import Store

TEXT = "text/plain; charset=utf-8"
NAMES = ("healthz", "livez", "readyz")

Check = Callable[[], str]  # what is wrong; empty where nothing is


def well() -> str:
    return ""


class Health:
    """``ready`` is told once the server may be used, and untold before it stops."""

    def __init__(self, store: Store) -> None:
        self.ready = False
        self._store = store
        self._checks: Mapping[str, Check] = {
            "ping": well,
            "log": well,
            "etcd": self._state,
            "poststarthook/rbac/bootstrap-roles": self._started,
            "poststarthook/scheduling/bootstrap-system-priority-classes": self._started,
        }

    def _state(self) -> str:
        return "the store is closed" if self._store.closed else ""

    def _started(self) -> str:
        return "" if self.ready else "not finished"

    async def page(self, request: Request, user: User) -> Response:
        name, _, one = request.path.strip("/").partition("/")
        if name not in NAMES or (one and one not in self._checks):
            raise NoSuchPath
        if one:
            return answered(name, {one: self._checks[one]()}, verbose=False)
        excluded = set(request.query.get("exclude", ()))
        found = {n: check() for n, check in self._checks.items() if n not in excluded}
        return answered(name, found, "verbose" in request.query)


def answered(name: str, found: Mapping[str, str], verbose: bool) -> Response:
    failed = [check for check, wrong in found.items() if wrong]
    if not failed and not verbose:
        return Response(body=b"ok", content_type=TEXT)
    lines = [
        f"[-]{check} failed: reason withheld" if wrong else f"[+]{check} ok"
        for check, wrong in found.items()
    ]
    lines.append(f"{name} check {'failed' if failed else 'passed'}\n")
    return Response(
        status=500 if failed else 200, body="\n".join(lines).encode(), content_type=TEXT
    )
