"""The node's side of logs, exec, attach and port-forward, and what it says of itself.

The paths are the kubelet's, so that the API server asks any node the same way. Who may ask
is the API server's decision. Sources: ``pkg/kubelet/server/server.go``, ``kubelet_pods.go``.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from onggi.api.errors import BadRequest, NoSuchPath, NotFound, StatusError
from onggi.api.http import Answer, Request, Response, Stream, Upgrade
from onggi.api.objects import View, get
from onggi.kinds.core.pod.predicates import container_status, containers
from onggi.node.logs import LogOptions, options
from onggi.node.logs_read import follow, read
from onggi.node.meter import Meter
from onggi.node.runtime import (
    Container,
    ContainerRuntime,
    ContainerState,
    NoSuchThing,
    RuntimeFailure,
    RuntimeUnavailable,
    SandboxState,
    Streams,
)
from onggi.node.stats import resource_metrics, summary

TEXT = "text/plain; charset=utf-8"
METRICS = "text/plain; version=0.0.4; charset=utf-8"


class Pods(Protocol):
    """The pods of this node with their newest statuses."""

    def get(self, namespace: str, name: str) -> View | None: ...
    def all(self) -> Sequence[View]: ...


class NodeServer:
    """Fulfils ``api.http.Handler``."""

    def __init__(
        self, pods: Pods, runtime: ContainerRuntime, meter: Meter, clock: Callable[[], datetime]
    ) -> None:
        self._pods = pods
        self._runtime = runtime
        self._meter = meter
        self._clock = clock
        self._routes: dict[str, Callable[[Request, list[str]], Awaitable[Answer]]] = {
            "containerLogs": self._logs,
            "exec": self._exec,
            "attach": self._attach,
            "portForward": self._port_forward,
            "stats": self._stats,
            "metrics": self._metrics,
            "pods": self._list,
            "healthz": self._healthz,
        }

    async def handle(self, request: Request) -> Answer:
        first, *rest = request.path.strip("/").split("/")
        if first not in self._routes:
            raise NoSuchPath
        try:
            return await self._routes[first](request, rest)
        except RuntimeFailure as error:
            raise StatusError(str(error)) from error

    def _pod(self, namespace: str, name: str) -> View:
        pod = self._pods.get(namespace, name)
        if pod is None:
            raise NotFound("pods", name)
        return pod

    async def _logs(self, request: Request, path: list[str]) -> Answer:
        namespace, name, container = exactly(path, 3)
        pod, wanted = self._pod(namespace, name), options(request, self._clock())
        if not any(c["name"] == container for c in containers(pod)):
            raise NotFound("container", container)
        container_id = logged_container(pod, container, previous=wanted.previous)
        file = Path((await self._runtime.container_status(container_id)).log_path)
        if not await asyncio.to_thread(file.exists):
            raise BadRequest(f'the log of container "{container}" in pod "{name}" is gone')
        return Stream(frames=self._frames(file, wanted, container_id), content_type=TEXT)

    def _frames(self, file: Path, wanted: LogOptions, container_id: str) -> AsyncIterator[bytes]:
        async def is_running() -> bool:
            try:
                found = await self._runtime.container_status(container_id)
            except NoSuchThing:
                return False
            except RuntimeUnavailable:
                return True  # it will tell when it is back
            return found.state is ContainerState.RUNNING

        return follow(file, wanted, is_running) if wanted.follow else read(file, wanted)

    async def _exec(self, request: Request, path: list[str]) -> Answer:
        found = await self._running(path)
        command = list(request.query.get("command") or ())
        if not command:
            raise BadRequest("you must specify a command")
        return Upgrade(url=await self._runtime.exec_url(found.id, command, streams(request)))

    async def _attach(self, request: Request, path: list[str]) -> Answer:
        """Whether there is a terminal is the container's matter, not the client's."""
        found, pod = await self._running(path), self._pod(path[0], path[1])
        spec = next(c for c in containers(pod) if c["name"] == path[-1])
        wanted = streams(request, tty=bool(spec.get("tty")))
        return Upgrade(url=await self._runtime.attach_url(found.id, wanted))

    async def _running(self, path: list[str]) -> Container:
        """The running container that ``NAMESPACE/POD[/UID]/CONTAINER`` names."""
        if len(path) not in (3, 4):
            raise NoSuchPath
        uid = self._pod(path[0], path[1])["metadata"]["uid"]
        known = await self._runtime.containers(uid=uid)
        fits = [c for c in known if c.name == path[-1] and c.state is ContainerState.RUNNING]
        if not fits or path[2:-1] not in ([], [uid]):
            raise StatusError(f'container not found ("{path[-1]}")')
        return max(fits, key=lambda c: c.attempt)

    async def _port_forward(self, request: Request, path: list[str]) -> Answer:
        if len(path) not in (2, 3):
            raise NoSuchPath
        uid = self._pod(path[0], path[1])["metadata"]["uid"]
        known = await self._runtime.sandboxes(uid=uid)
        ready = [s for s in known if s.state is SandboxState.READY]
        if not ready:
            raise StatusError(f'pod not found ("{path[1]}_{path[0]}")')
        newest = max(ready, key=lambda s: s.created_at)
        return Upgrade(url=await self._runtime.port_forward_url(newest.id, ports(request)))

    async def _stats(self, request: Request, path: list[str]) -> Answer:
        if path != ["summary"]:
            raise NoSuchPath
        pods = {pod["metadata"]["uid"]: pod for pod in self._pods.all()}
        return Response(body=summary(await self._meter.sample(), pods))

    async def _metrics(self, request: Request, path: list[str]) -> Answer:
        if path != ["resource"]:
            raise NoSuchPath
        text = resource_metrics(await self._meter.sample())
        return Response(body=text.encode(), content_type=METRICS)

    async def _list(self, request: Request, path: list[str]) -> Answer:
        exactly(path, 0)
        items = list(self._pods.all())
        return Response(
            body={"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": items}
        )

    async def _healthz(self, request: Request, path: list[str]) -> Answer:
        exactly(path, 0)
        return Response(body=b"ok", content_type=TEXT)


def exactly(path: list[str], length: int) -> list[str]:
    if len(path) != length:
        raise NoSuchPath
    return path


def flag(request: Request, *names: str) -> bool:
    """The kubelet says ``input=1``, the API ``stdin=true``."""
    return any(request.flag(name) for name in names)


def streams(request: Request, tty: bool | None = None) -> Streams:
    """A terminal has no stderr of its own. Raises BadRequest where nothing is asked for."""
    terminal = flag(request, "tty") if tty is None else tty
    wanted = Streams(
        stdin=flag(request, "input", "stdin"),
        stdout=flag(request, "output", "stdout"),
        stderr=flag(request, "error", "stderr") and not terminal,
        tty=terminal,
    )
    if not (wanted.stdin or wanted.stdout or wanted.stderr):
        raise BadRequest("you must specify at least 1 of stdin, stdout, stderr")
    return wanted


def ports(request: Request) -> list[int]:
    """WebSocket clients name the ports in the query (``ports`` to the API server, ``port`` to a
    kubelet), SPDY clients in each stream."""
    found = []
    values = [*request.query.get("ports", ()), *request.query.get("port", ())]
    for text in (port for value in values for port in value.split(",")):
        if not text.isdecimal() or not 0 < int(text) < 65536:
            raise BadRequest(f'unable to parse "{text}" as a port')
        found.append(int(text))
    return found


def logged_container(pod: View, container: str, *, previous: bool) -> str:
    """The id of the container whose log is meant. Source: validateContainerLogStatus. Pure."""
    name = pod["metadata"]["name"]
    status = container_status(pod, container)
    if status is None:
        raise BadRequest(f'container "{container}" in pod "{name}" is not available')
    state, last = status.get("state") or {}, get(status, "lastState.terminated")
    if previous:
        if not last or not last.get("containerID"):
            raise BadRequest(
                f'previous terminated container "{container}" in pod "{name}" not found'
            )
        return bare(last["containerID"])
    ended = state.get("terminated")
    if state.get("running") is not None:
        return bare(status["containerID"])
    for one in (ended, last):
        if one and one.get("containerID"):
            return bare(one["containerID"])
    if ended is not None or last is not None:
        raise BadRequest(f'container "{container}" in pod "{name}" is terminated')
    raise BadRequest(f'container "{container}" in pod "{name}" is {waiting(state)}')


def waiting(state: View) -> str:
    """Why there is no log yet."""
    if state.get("waiting") is None:
        return "waiting to start - no logs yet"
    match state["waiting"].get("reason", ""):
        case "ErrImagePull":
            why = "image can't be pulled"
        case "ImagePullBackOff":
            why = "trying and failing to pull image"
        case reason:
            why = reason
    return f"waiting to start: {why}"


def bare(container_id: str) -> str:
    """Without ``containerd://``."""
    return container_id.partition("://")[2] or container_id
