"""Other clients than kubectl: the official Python client and kr8s, on real pods."""

import kr8s
import pytest
from kubernetes import client, config, watch
from kubernetes.stream import portforward, stream

from tests.e2e.manifests import container, deployment, once, pod, server, spec
from tests.e2e.platform import Space

pytestmark = pytest.mark.filterwarnings("ignore")  # what libraries do is theirs


@pytest.fixture
def core(space: Space) -> client.CoreV1Api:
    return client.CoreV1Api(config.new_client_from_config(str(space.platform.kubeconfig)))


def test_the_official_client_makes_watches_and_reads(space: Space, core: client.CoreV1Api) -> None:
    core.create_namespaced_pod(space.name, once("talk", "echo hello"))
    phases = []
    for event in watch.Watch().stream(core.list_namespaced_pod, space.name, timeout_seconds=60):
        phases.append(event["object"].status.phase)
        if phases[-1] == "Succeeded":
            break
    assert phases[0] == "Pending"
    assert phases[-1] == "Succeeded"
    assert core.read_namespaced_pod_log("talk", space.name) == "hello\n"


def test_the_official_client_runs_commands_and_forwards_ports(
    space: Space, core: client.CoreV1Api
) -> None:
    space.run(pod("web", server()))
    where = (core.connect_get_namespaced_pod_exec, "web", space.name)
    command = ["sh", "-c", "echo out; echo err >&2"]
    said = stream(*where, command=command, stdout=True, stderr=True, stdin=False, tty=False)
    assert sorted(said.split()) == ["err", "out"]
    ports = portforward(
        core.connect_get_namespaced_pod_portforward, "web", space.name, ports="8080"
    )
    wire = ports.socket(8080)
    wire.setblocking(True)
    wire.sendall(b"GET /x HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n")
    answer = b""
    while part := wire.recv(4096):
        answer += part
    wire.close()
    assert answer.endswith(b"web /x\n")


def test_kr8s_scales_waits_and_runs_commands(space: Space) -> None:
    api = kr8s.api(kubeconfig=str(space.platform.kubeconfig), namespace=space.name)
    made = kr8s.objects.Deployment(deployment("web", spec(container())), api=api)
    made.create()
    made.scale(2)
    space.wait("deploy/web", "jsonpath={.status.readyReplicas}=2")
    [one, _] = made.pods()
    assert one.exec(["echo", "hello"]).stdout == b"hello\n"
    made.delete()
