"""One look at a container: exec, HTTP, TCP or gRPC. What probes and lifecycle hooks are made of.

Words are upstream's (``pkg/probe``), which are Go's: users and tests know them from events.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from onggi.api.gotext import quote
from onggi.api.objects import View, get
from onggi.node.runtime import CallTimeout, ContainerRuntime

if TYPE_CHECKING:
    from onggi.node.http_get import HttpGet

MOST = 10 << 10  # bytes of a body or of a command's output


@dataclass(frozen=True)
class Outcome:
    """``ok`` None: the check itself could not be made, which says nothing of the container."""

    ok: bool | None
    output: str = ""
    warning: bool = False  # passed, with something to say


@dataclass(frozen=True)
class Subject:
    """The container that is looked at. ``address`` is its pod's."""

    pod: View
    container: View
    container_id: str
    address: str


@dataclass(frozen=True)
class HttpRequest:
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 1.0


class HttpFailed(Exception):
    """No answer; the text is Go's."""


class Unresolved(Exception):
    """A port's name that the container does not have."""


def port_number(container: View, port: int | str) -> int:
    """By number or by one of the container's names."""
    named = {p.get("name"): p["containerPort"] for p in container.get("ports") or ()}
    if isinstance(port, int):
        return port
    if port in named:
        return int(named[port])
    if port.isdigit():
        return int(port)
    raise Unresolved(f"couldn't find port: {port}")


def http_request(subject: Subject, action: View, agent: str, timeout: float) -> HttpRequest:
    """Raises Unresolved."""
    host = action.get("host") or subject.address
    port = port_number(subject.container, action["port"])
    scheme = (action.get("scheme") or "HTTP").lower()
    path = action.get("path") or "/"
    given = {h["name"]: h.get("value", "") for h in action.get("httpHeaders") or ()}
    known = {name.lower() for name in given}
    headers = {
        k: v for k, v in {"User-Agent": agent, "Accept": "*/*"}.items() if k.lower() not in known
    }
    authority = f"[{host}]" if ":" in host else host
    url = f"{scheme}://{authority}:{port}/{path.removeprefix('/')}"
    return HttpRequest(url, {**headers, **{k: v for k, v in given.items() if v}}, timeout)


def reason(error: BaseException, address: str, timeout: bool) -> str:
    """As Go's net package words it."""
    if timeout:
        return f"dial tcp {address}: i/o timeout"
    if isinstance(error, OSError) and error.errno:
        return f"dial tcp {address}: connect: {os.strerror(error.errno).lower()}"
    return str(error) or type(error).__name__


class Checker:
    """Performs checks. Close it in the end."""

    def __init__(self, runtime: ContainerRuntime) -> None:
        self.answers = dict(CHECKS)  # by the field of a probe
        self._runtime = runtime
        self._http: HttpGet | None = None

    async def close(self) -> None:
        if self._http:
            await self._http.close()

    async def exec(
        self, container_id: str, command: Sequence[str], timeout: float
    ) -> tuple[int, str]:
        """Exit code and output. Raises RuntimeFailure; CallTimeout among them."""
        result = await self._runtime.exec_sync(container_id, command, timeout)
        return result.exit_code, (result.stdout + result.stderr)[:MOST].decode(errors="replace")

    async def fetch(self, request: HttpRequest) -> tuple[int, str, str]:
        """Status, body, and where a redirect to another host leads (which is not followed).

        Raises HttpFailed.
        """
        if self._http is None:
            from onggi.node.http_get import HttpGet

            self._http = HttpGet()
        return await self._http.fetch(request)

    async def probe(self, subject: Subject, spec: View) -> Outcome:
        """One attempt of a probe."""
        timeout = float(spec.get("timeoutSeconds") or 1)
        for kind, check in self.answers.items():
            if kind in spec:
                try:
                    return await check(self, subject, spec[kind], timeout)
                except Unresolved as error:
                    return Outcome(None, str(error))
        return Outcome(None, f"missing probe handler for {get(subject.pod, 'metadata.name')}")


async def check_exec(checker: Checker, subject: Subject, action: View, timeout: float) -> Outcome:
    command = list(action.get("command") or ())
    try:
        code, output = await checker.exec(subject.container_id, command, timeout)
    except CallTimeout:
        text = quote(" ".join(command))
        return Outcome(False, f"command timed out: {text} timed out after {timeout:g}s")
    return Outcome(code == 0, output)


async def check_http(checker: Checker, subject: Subject, action: View, timeout: float) -> Outcome:
    request = http_request(subject, action, "kube-probe/1.37", timeout)
    try:
        status, body, elsewhere = await checker.fetch(request)
    except HttpFailed as error:
        return Outcome(False, str(error))
    if elsewhere:
        return Outcome(True, f"Probe terminated redirects, Response body: {body}", warning=True)
    if 200 <= status < 400:
        return Outcome(True, body)
    return Outcome(False, f"HTTP probe failed with statuscode: {status}")


async def check_tcp(checker: Checker, subject: Subject, action: View, timeout: float) -> Outcome:
    host = action.get("host") or subject.address
    port = port_number(subject.container, action["port"])
    try:
        async with asyncio.timeout(timeout):
            _, writer = await asyncio.open_connection(host, port)
    except OSError as error:  # TimeoutError is one
        timed_out = isinstance(error, TimeoutError) and error.errno is None
        return Outcome(False, reason(error, f"{host}:{port}", timed_out))
    writer.close()
    return Outcome(True)


async def check_grpc(checker: Checker, subject: Subject, action: View, timeout: float) -> Outcome:
    from onggi.node import grpc_health  # pays for grpc only where a probe needs it

    address = f"{subject.address}:{action['port']}"
    ok, output = await grpc_health.check(address, action.get("service") or "", timeout)
    return Outcome(ok, output)


Check = Callable[[Checker, Subject, View, float], Awaitable[Outcome]]
CHECKS: Mapping[str, Check] = {
    "exec": check_exec,
    "httpGet": check_http,
    "tcpSocket": check_tcp,
    "grpc": check_grpc,
}
