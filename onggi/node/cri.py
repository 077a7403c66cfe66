"""The container runtime behind a CRI v1 socket: what Onggi runs in production (containerd).

One grpc channel, which reconnects by itself. The stream of events prefers CRI's
GetContainerEvents and falls back to containerd's own service; whenever it had to be opened
again, a ``Relist`` says that something may have been missed.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import grpc
from cri_api.v1 import api_pb2 as pb
from cri_api.v1 import api_pb2_grpc

from onggi.node import containerd_events
from onggi.node import cri_messages as m
from onggi.node.configs import ContainerConfig, Resources, SandboxConfig
from onggi.node.runtime import (
    Auth,
    CallTimeout,
    Container,
    ExecResult,
    Exited,
    Image,
    NoSuchThing,
    Relist,
    RuntimeEvent,
    RuntimeFailure,
    RuntimeStatus,
    RuntimeUnavailable,
    Sandbox,
    Started,
    Stats,
    Streams,
)

log = logging.getLogger(__name__)

UID_LABEL = "io.kubernetes.pod.uid"
CALL = 120.0  # seconds; upstream's runtimeRequestTimeout
SANDBOX = 240.0  # upstream allows a sandbox twice that: CNI is slow under load
OPTIONS = (
    ("grpc.max_receive_message_length", 64 << 20),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.enable_http_proxy", 0),
)
STARTING = "server is not initialized yet"  # containerd's, as an Unknown error
FAILURES: dict[grpc.StatusCode, type[NoSuchThing | RuntimeUnavailable | CallTimeout]] = {
    grpc.StatusCode.NOT_FOUND: NoSuchThing,
    grpc.StatusCode.UNAVAILABLE: RuntimeUnavailable,
    grpc.StatusCode.DEADLINE_EXCEEDED: CallTimeout,
}


def failure(error: grpc.aio.AioRpcError) -> RuntimeFailure:
    words = error.details() or ""
    if words == STARTING:
        return RuntimeUnavailable(words)
    if known := FAILURES.get(error.code()):
        return known(words)
    code = "".join(part.capitalize() for part in error.code().name.split("_"))
    return RuntimeFailure(words, code)


async def answer(call: Awaitable[Any]) -> Any:
    """The reply, or the refusal in our terms."""
    try:
        return await call
    except grpc.aio.AioRpcError as error:
        raise failure(error) from error


async def unless_gone(call: Awaitable[Any]) -> None:
    """For stopping and removing: what is not there is as good as stopped."""
    try:
        await answer(call)
    except NoSuchThing:
        return


def of_pod(uid: str) -> dict[str, str]:
    return {UID_LABEL: uid} if uid else {}


class CriRuntime:
    """``ContainerRuntime`` over a unix socket. Make it inside a running event loop."""

    def __init__(self, socket: str) -> None:
        self._channel = grpc.aio.insecure_channel(f"unix://{socket}", options=OPTIONS)
        stubs: Any = api_pb2_grpc
        self._runtime = stubs.RuntimeServiceStub(self._channel)
        self._images = stubs.ImageServiceStub(self._channel)

    async def close(self) -> None:
        await self._channel.close()

    async def status(self) -> RuntimeStatus:
        version = await answer(self._runtime.Version(pb.VersionRequest(), timeout=CALL))
        reply = await answer(self._runtime.Status(pb.StatusRequest(), timeout=CALL))
        return RuntimeStatus(
            name=version.runtime_name,
            version=version.runtime_version,
            not_ready={
                c.type: f"{c.reason}: {c.message}" for c in reply.status.conditions if not c.status
            },
        )

    # Sandboxes

    async def run_sandbox(self, config: SandboxConfig, runtime_handler: str = "") -> str:
        request = pb.RunPodSandboxRequest(
            config=m.sandbox_config(config), runtime_handler=runtime_handler
        )
        reply = await answer(self._runtime.RunPodSandbox(request, timeout=SANDBOX))
        return str(reply.pod_sandbox_id)

    async def stop_sandbox(self, sandbox_id: str) -> None:
        request = pb.StopPodSandboxRequest(pod_sandbox_id=sandbox_id)
        await unless_gone(self._runtime.StopPodSandbox(request, timeout=CALL))

    async def remove_sandbox(self, sandbox_id: str) -> None:
        request = pb.RemovePodSandboxRequest(pod_sandbox_id=sandbox_id)
        await unless_gone(self._runtime.RemovePodSandbox(request, timeout=CALL))

    async def sandbox_status(self, sandbox_id: str) -> Sandbox:
        request = pb.PodSandboxStatusRequest(pod_sandbox_id=sandbox_id)
        reply = await answer(self._runtime.PodSandboxStatus(request, timeout=CALL))
        return m.read_sandbox_status(reply.status)

    async def sandboxes(self, *, uid: str = "") -> Sequence[Sandbox]:
        request = pb.ListPodSandboxRequest(filter=pb.PodSandboxFilter(label_selector=of_pod(uid)))
        reply = await answer(self._runtime.ListPodSandbox(request, timeout=CALL))
        return [m.read_sandbox(item) for item in reply.items]

    # Containers

    async def create_container(
        self, sandbox_id: str, config: ContainerConfig, sandbox: SandboxConfig
    ) -> str:
        request = pb.CreateContainerRequest(
            pod_sandbox_id=sandbox_id,
            config=m.container_config(config),
            sandbox_config=m.sandbox_config(sandbox),
        )
        reply = await answer(self._runtime.CreateContainer(request, timeout=CALL))
        return str(reply.container_id)

    async def start_container(self, container_id: str) -> None:
        request = pb.StartContainerRequest(container_id=container_id)
        await answer(self._runtime.StartContainer(request, timeout=CALL))

    async def stop_container(self, container_id: str, timeout: float) -> None:
        request = pb.StopContainerRequest(container_id=container_id, timeout=max(0, int(timeout)))
        await unless_gone(self._runtime.StopContainer(request, timeout=timeout + CALL))

    async def remove_container(self, container_id: str) -> None:
        request = pb.RemoveContainerRequest(container_id=container_id)
        await unless_gone(self._runtime.RemoveContainer(request, timeout=CALL))

    async def container_status(self, container_id: str) -> Container:
        request = pb.ContainerStatusRequest(container_id=container_id)
        reply = await answer(self._runtime.ContainerStatus(request, timeout=CALL))
        return m.read_container_status(reply.status)

    async def containers(self, *, uid: str = "") -> Sequence[Container]:
        request = pb.ListContainersRequest(filter=pb.ContainerFilter(label_selector=of_pod(uid)))
        reply = await answer(self._runtime.ListContainers(request, timeout=CALL))
        return [m.read_container(item) for item in reply.containers]

    async def update_resources(self, container_id: str, resources: Resources) -> None:
        request = pb.UpdateContainerResourcesRequest(
            container_id=container_id, linux=m.resources(resources)
        )
        await answer(self._runtime.UpdateContainerResources(request, timeout=CALL))

    async def reopen_log(self, container_id: str) -> None:
        request = pb.ReopenContainerLogRequest(container_id=container_id)
        await answer(self._runtime.ReopenContainerLog(request, timeout=CALL))

    async def stats(self, *, uid: str = "") -> Sequence[Stats]:
        request = pb.ListContainerStatsRequest(
            filter=pb.ContainerStatsFilter(label_selector=of_pod(uid))
        )
        reply = await answer(self._runtime.ListContainerStats(request, timeout=CALL))
        return [m.read_stats(item) for item in reply.stats]

    # Processes and streams

    async def exec_sync(
        self, container_id: str, command: Sequence[str], timeout: float
    ) -> ExecResult:
        request = pb.ExecSyncRequest(container_id=container_id, cmd=command, timeout=int(timeout))
        deadline = timeout + CALL if timeout else None
        reply = await answer(self._runtime.ExecSync(request, timeout=deadline))
        return ExecResult(exit_code=reply.exit_code, stdout=reply.stdout, stderr=reply.stderr)

    async def exec_url(self, container_id: str, command: Sequence[str], streams: Streams) -> str:
        request = pb.ExecRequest(container_id=container_id, cmd=command, **streams.__dict__)
        return str((await answer(self._runtime.Exec(request, timeout=CALL))).url)

    async def attach_url(self, container_id: str, streams: Streams) -> str:
        request = pb.AttachRequest(container_id=container_id, **streams.__dict__)
        return str((await answer(self._runtime.Attach(request, timeout=CALL))).url)

    async def port_forward_url(self, sandbox_id: str, ports: Sequence[int]) -> str:
        request = pb.PortForwardRequest(pod_sandbox_id=sandbox_id, port=ports)
        return str((await answer(self._runtime.PortForward(request, timeout=CALL))).url)

    # Images

    async def images(self) -> Sequence[Image]:
        reply = await answer(self._images.ListImages(pb.ListImagesRequest(), timeout=CALL))
        return [m.read_image(item) for item in reply.images]

    async def image(self, reference: str) -> Image | None:
        request = pb.ImageStatusRequest(image=pb.ImageSpec(image=reference))
        reply = await answer(self._images.ImageStatus(request, timeout=CALL))
        return m.read_image(reply.image) if reply.HasField("image") else None

    async def pull_image(self, reference: str, auth: Auth | None = None) -> str:
        request = pb.PullImageRequest(image=pb.ImageSpec(image=reference), auth=m.auth(auth))
        return str((await answer(self._images.PullImage(request))).image_ref)

    async def remove_image(self, reference: str) -> None:
        request = pb.RemoveImageRequest(image=pb.ImageSpec(image=reference))
        await unless_gone(self._images.RemoveImage(request, timeout=CALL))

    # Events

    async def events(self) -> AsyncIterator[RuntimeEvent]:
        streams = [self._cri_events, self._containerd_events]
        while True:
            await self._channel.channel_ready()
            call, read = streams[0]()
            yield Relist()  # the subscription is under way: what happens from here on is told
            try:
                async for message in call:
                    if event := read(message):
                        yield event
            except grpc.aio.AioRpcError as error:
                if error.code() == grpc.StatusCode.UNIMPLEMENTED and len(streams) > 1:
                    del streams[0]
                    continue
                log.info("the runtime's event stream ended: %s", error.details())
            finally:
                call.cancel()

    def _cri_events(self) -> "Subscription":
        return self._runtime.GetContainerEvents(pb.GetEventsRequest()), read_cri_event

    def _containerd_events(self) -> "Subscription":
        subscribe: Any = self._channel.unary_stream(containerd_events.SUBSCRIBE)
        return subscribe(containerd_events.request()), containerd_events.read


Subscription = tuple[Any, Callable[[Any], RuntimeEvent | None]]  # a call under way, its reader
CRI_EVENTS: dict[int, type[Started | Exited]] = {
    pb.ContainerEventType.Value("CONTAINER_STARTED_EVENT"): Started,
    pb.ContainerEventType.Value("CONTAINER_STOPPED_EVENT"): Exited,
}


def read_cri_event(event: Any) -> Started | Exited | None:
    kind = CRI_EVENTS.get(event.container_event_type)
    return kind(event.container_id) if kind else None
