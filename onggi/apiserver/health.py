"""``/healthz``, ``/livez``, ``/readyz``: is the server well, and which part is not.

    GET /readyz?verbose       every check by name
    GET /readyz/etcd          one of them
    GET /livez?exclude=etcd

The checks have upstream's names, as monitoring asks for them; ``etcd`` is our store.
Source: ``k8s.io/apiserver/pkg/server/healthz``.
"""

from collections.abc import Callable, Mapping, Sequence

from onggi.api.errors import NoSuchPath
from onggi.api.gotext import quote
from onggi.api.http import Request, Response, User
from onggi.store.store import Store

TEXT = "text/plain; charset=utf-8"
NAMES = ("healthz", "livez", "readyz")
HOOKS = (
    "start-apiextensions-controllers",
    "crd-informer-synced",
    "rbac/bootstrap-roles",
    "scheduling/bootstrap-system-priority-classes",
    "priority-and-fairness-config-producer",
    "apiservice-registration-controller",
    "apiservice-discovery-controller",
)
PLAIN = {"X-Content-Type-Options": "nosniff"}

Check = Callable[[], str]  # what is wrong; empty where nothing is


def well() -> str:
    return ""


class Health:
    """``ready`` is told once the server may be used, and untold before it stops."""

    def __init__(self, store: Store) -> None:
        self._ready = self._started = False
        self._store = store
        hooks = {f"poststarthook/{name}": self._start for name in HOOKS}
        live: dict[str, Check] = {"ping": well, "log": well, "etcd": self._state, **hooks}
        readiness = {"etcd-readiness": self._state, "informer-sync": self._start}
        ready = {**live, **readiness, "shutdown": self._shutdown}
        self.checks: Mapping[str, Mapping[str, Check]] = {
            "healthz": live,
            "livez": live,
            "readyz": ready,
        }

    @property
    def ready(self) -> bool:
        return self._ready

    @ready.setter
    def ready(self, value: bool) -> None:
        self._ready, self._started = value, self._started or value

    def _state(self) -> str:
        return "the store is closed" if self._store.closed else ""

    def _start(self) -> str:
        return "" if self._started else "not finished"

    def _shutdown(self) -> str:
        return "process is shutting down" if self._started and not self._ready else ""

    @property
    def paths(self) -> Sequence[str]:
        """Where each check can be asked for."""
        return [f"/{name}/{check}" for name, checks in self.checks.items() for check in checks]

    async def page(self, request: Request, user: User) -> Response:
        name, _, one = request.path.strip("/").partition("/")
        checks = self.checks.get(name, {})
        if one:
            return single(checks.get(one))
        excluded = set(request.query.get("exclude", ()))
        lines, failed = [], False
        for check, judge in checks.items():
            wrong = "" if check in excluded else judge()
            failed = failed or bool(wrong)
            lines.append(line(check, wrong, check in excluded))
        if strange := excluded - checks.keys():
            named = ",".join(quote(check) for check in sorted(strange))
            lines.append(f"warn: some health checks cannot be excluded: no matches for {named}")
        return whole(name, lines, failed, "verbose" in request.query)


def line(check: str, wrong: str, excluded: bool) -> str:
    if excluded:
        return f"[+]{check} excluded: ok"
    return f"[-]{check} failed: reason withheld" if wrong else f"[+]{check} ok"


def single(check: Check | None) -> Response:
    if check is None:
        raise NoSuchPath
    if wrong := check():
        body = f"internal server error: {wrong}\n".encode()
        return Response(status=500, body=body, content_type=TEXT, headers=PLAIN)
    return Response(body=b"ok", content_type=TEXT)


def whole(name: str, lines: Sequence[str], failed: bool, verbose: bool) -> Response:
    """Who asks is told more than yes or no only if they want it, or if it is no."""
    if not failed and not verbose:
        return Response(body=b"ok", content_type=TEXT, headers=PLAIN)
    text = "\n".join([*lines, f"{name} check {'failed' if failed else 'passed'}\n"])
    status = 500 if failed else 200
    return Response(status=status, body=text.encode(), content_type=TEXT, headers=PLAIN)
