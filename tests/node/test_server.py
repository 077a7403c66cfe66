from pathlib import Path

import aiohttp
import pytest

from onggi.api.errors import BadRequest, NoSuchPath, NotFound, StatusError
from onggi.api.http import Request, Response, Stream, Upgrade
from onggi.node.clock import wall_clock
from onggi.node.configs import ContainerConfig, SandboxConfig
from onggi.node.fake import FakeRuntime
from onggi.node.meter import Meter
from onggi.node.server import NodeServer, bare, logged_container, ports, streams
from tests.node.pods import main, pod
from tests.node.real_containerd import is_possible
from tests.node.real_node import IMAGE, layout_in, real_node
from tests.world import NOW

UID = {"io.kubernetes.pod.uid": "0000-1111", "io.kubernetes.container.name": "main"}
LINE = b"2026-01-01T00:00:01Z stdout F hello\n"


class Known:
    """The pods of a node."""

    def __init__(self, *pods: dict) -> None:
        self.pods = pods

    def get(self, namespace: str, name: str) -> dict | None:
        fits = (p for p in self.pods if p["metadata"]["name"] == name)
        return next((p for p in fits if p["metadata"]["namespace"] == namespace), None)

    def all(self) -> tuple[dict, ...]:
        return self.pods


def request(path: str, **query: str | list[str]) -> Request:
    values = {k: [v] if isinstance(v, str) else v for k, v in query.items()}
    return Request(method="POST", path=path, query=values)


class Case:
    """One running pod."""

    def __init__(self, folder: Path) -> None:
        self.runtime = FakeRuntime()
        self.pod = pod()
        self.folder = folder
        self.server = NodeServer(
            Known(self.pod),
            self.runtime,
            Meter("n1", folder, self.runtime, lambda: NOW),
            lambda: NOW,
        )

    async def start(self) -> str:
        config = SandboxConfig(
            name="web",
            namespace="shop",
            uid="0000-1111",
            labels=UID,
            log_directory=str(self.folder),
        )
        self.runtime.add_image("box")
        self.sandbox = await self.runtime.run_sandbox(config)
        wanted = ContainerConfig(name="main", image="box", labels=UID, log_path="0.log")
        container = await self.runtime.create_container(self.sandbox, wanted, config)
        await self.runtime.start_container(container)
        (self.folder / "0.log").write_bytes(LINE)
        state = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
        status = {"name": "main", "state": state, "containerID": f"containerd://{container}"}
        self.pod["status"] = {"containerStatuses": [status]}
        return container


@pytest.fixture
async def case(tmp_path: Path) -> Case:
    made = Case(tmp_path)
    made.container = await made.start()
    return made


async def test_logs_are_streamed(case: Case) -> None:
    answer = await case.server.handle(request("/containerLogs/shop/web/main", timestamps="true"))
    assert isinstance(answer, Stream)
    assert answer.content_type == "text/plain; charset=utf-8"
    frames = [frame async for frame in answer.frames]
    assert frames == [b"2026-01-01T00:00:01.000000000Z hello\n"]


async def test_exec_attach_and_port_forward_are_handed_to_the_runtime(case: Case) -> None:
    for path, query, word in (
        ("/exec/shop/web/main", {"command": ["ls", "-l"], "output": "1"}, "exec"),
        ("/exec/shop/web/0000-1111/main", {"command": "ls", "stdout": "true"}, "exec"),
        ("/attach/shop/web/main", {"stdin": "true"}, "attach"),
        ("/portForward/shop/web", {"port": "80"}, "portforward"),
    ):
        answer = await case.server.handle(request(path, **query))
        assert isinstance(answer, Upgrade)
        assert f"/{word}/" in answer.url


@pytest.mark.parametrize(
    ("path", "query", "error", "message"),
    [
        ("/none", {}, NoSuchPath, "could not find"),
        ("/containerLogs/shop/web", {}, NoSuchPath, "could not find"),
        ("/containerLogs/shop/no/main", {}, NotFound, 'pods "no" not found'),
        ("/containerLogs/shop/web/x", {}, NotFound, 'container "x" not found'),
        ("/exec/shop/web/main", {"output": "1"}, BadRequest, "must specify a command"),
        ("/exec/shop/web/main", {"command": "x"}, BadRequest, "at least 1 of stdin"),
        ("/exec/shop/web/x", {"command": "x"}, StatusError, r'container not found \("x"\)'),
        (
            "/exec/shop/web/other-uid/main",
            {"command": "x"},
            StatusError,
            r'container not found \("main"\)',
        ),
        ("/portForward/shop/web", {"port": "x"}, BadRequest, 'unable to parse "x" as a port'),
        ("/stats/none", {}, NoSuchPath, "could not find"),
    ],
)
async def test_what_cannot_be_done_is_refused(
    case: Case, path: str, query: dict, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        await case.server.handle(request(path, **query))


async def test_a_pod_that_does_not_run_cannot_be_forwarded_to(case: Case) -> None:
    await case.runtime.stop_sandbox(case.sandbox)
    with pytest.raises(StatusError, match=r'pod not found \("web_shop"\)'):
        await case.server.handle(request("/portForward/shop/web"))


async def test_the_node_tells_of_itself(case: Case) -> None:
    for path in ("/stats/summary", "/metrics/resource", "/pods", "/healthz"):
        answer = await case.server.handle(request(path))
        assert isinstance(answer, Response)
        assert answer.body


def test_a_terminal_has_no_stderr_of_its_own() -> None:
    wanted = streams(request("/", tty="1", output="1", error="1"))
    assert (wanted.tty, wanted.stdout, wanted.stderr) == (True, True, False)


def test_ports_may_be_repeated_or_listed() -> None:
    assert ports(request("/", port=["80", "443,8080"])) == [80, 443, 8080]
    assert ports(request("/", ports=["80", "443,8080"])) == [80, 443, 8080]


def status(state: dict, last: dict | None = None) -> dict:
    one = pod()
    found = {"name": "main", "state": state, "containerID": "containerd://now"}
    one["status"] = {"containerStatuses": [{**found, "lastState": last or {}}]}
    return one


ENDED = {"terminated": {"containerID": "containerd://before"}}


def test_the_log_is_of_the_container_that_runs_or_ran_last() -> None:
    assert logged_container(status({"running": {}}, ENDED), "main", previous=False) == "now"
    assert logged_container(status({"running": {}}, ENDED), "main", previous=True) == "before"
    assert logged_container(status({"waiting": {}}, ENDED), "main", previous=False) == "before"
    assert logged_container(status(ENDED), "main", previous=False) == "before"
    assert bare("containerd://x") == "x"


@pytest.mark.parametrize(
    ("one", "previous", "message"),
    [
        (pod(), False, 'container "main" in pod "web" is not available'),
        (
            status({"running": {}}),
            True,
            'previous terminated container "main" in pod "web" not found',
        ),
        (
            status({"waiting": {"reason": "ContainerCreating"}}),
            False,
            'container "main" in pod "web" is waiting to start: ContainerCreating',
        ),
        (
            status({"waiting": {"reason": "ImagePullBackOff"}}),
            False,
            'container "main" in pod "web" is waiting to start: trying and failing to pull image',
        ),
        (status({"terminated": {}}), False, 'container "main" in pod "web" is terminated'),
        (status({}), False, 'container "main" in pod "web" is waiting to start - no logs yet'),
    ],
)
def test_why_there_is_no_log_is_said_in_upstreams_words(
    one: dict, previous: bool, message: str
) -> None:
    with pytest.raises(BadRequest) as caught:
        logged_container(one, main(one)["name"], previous=previous)
    assert caught.value.message == message


@pytest.mark.containers
@pytest.mark.skipif(not is_possible(), reason="needs root, containerd and runc")
async def test_a_real_container_is_entered_and_listened_to(tmp_path: Path) -> None:
    one = pod({"command": ["/bin/sh", "-c", "echo hello; sleep 1; echo bye"], "image": IMAGE})
    async with real_node(layout_in(tmp_path)) as node:
        sandbox, container = await node.start(one)
        running = {"running": {}}
        status = {"name": "main", "state": running, "containerID": f"containerd://{container}"}
        one["status"] = {"containerStatuses": [status]}
        meter = Meter("n1", tmp_path, node.runtime, wall_clock)
        server = NodeServer(Known(one), node.runtime, meter, wall_clock)
        stream = await server.handle(request("/containerLogs/shop/web/main", follow="true"))
        assert isinstance(stream, Stream)
        said = b""
        async for frame in stream.frames:  # ends with the container
            if not said:
                assert await entered(server) == b"inside\n"
            said += frame
        assert said == b"hello\nbye\n"
        await node.stop(sandbox, "0000-1111")


async def entered(server: NodeServer) -> bytes:
    """What ``echo inside`` says on stdout, over the runtime's own WebSocket."""
    asked = request("/exec/shop/web/main", command=["/bin/echo", "inside"], stdout="true")
    answer = await server.handle(asked)
    assert isinstance(answer, Upgrade)
    out = b""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(answer.url, protocols=("v4.channel.k8s.io",)) as socket,
    ):
        async for message in socket:
            if message.data[:1] == b"\x01":
                out += message.data[1:]
    return out
