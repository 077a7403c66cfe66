"""Services of every kind, DNS, host ports; from pods, from the host, from another machine."""

import json
import re
import socket
import time
import urllib.request
from collections.abc import Iterator

import pytest

from tests.e2e.manifests import HTTP, deployment, pod, server, service, spec
from tests.e2e.outside import Outside
from tests.e2e.platform import Space

UDP = """
import socket, os
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 5353))
open("/tmp/ready", "w").close()
while True:
    data, peer = s.recvfrom(1000)
    s.sendto(os.uname().nodename.encode() + b" " + data, peer)
"""


def fetch(url: str, within: float = 5) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=within) as answer:
        return answer.read().decode()


def three(space: Space, name: str = "web", **more: object) -> None:
    """Three pods behind a service, and a pod that asks."""
    space.run(deployment(name, spec(server(), **more), replicas=3), service(name), pod("asks"))
    space.wait(f"deploy/{name}", "jsonpath={.status.readyReplicas}=3")


def cluster_ip(space: Space, name: str = "web") -> str:
    return space.field(f"svc/{name}", ".spec.clusterIP")


def curl(space: Space, url: str, times: int = 1) -> list[str]:
    """The first word of each answer: the pod that gave it."""
    script = f"for i in $(seq {times}); do curl -s -m 5 {url}; done"
    return [line.split()[0] for line in space.sh("asks", script).splitlines()]


def test_a_service_spreads_over_its_pods_from_pod_and_host(space: Space) -> None:
    three(space)
    address = cluster_ip(space)
    assert len(set(curl(space, f"http://{address}", 30))) == 3
    assert len(set(curl(space, "http://web", 30))) == 3
    assert len({fetch(f"http://{address}").split()[0] for _ in range(30)}) == 3


def test_a_node_port_answers_on_the_host(space: Space) -> None:
    three(space)
    space.kubectl("patch", "svc/web", "-p", '{"spec":{"type":"NodePort"}}')
    port = space.field("svc/web", ".spec.ports[0].nodePort")
    host = space.field("pod/asks", ".status.hostIP")
    assert fetch(f"http://{host}:{port}/x").endswith(" /x\n")
    assert len(set(curl(space, f"http://{host}:{port}", 20))) == 3


def test_session_affinity_keeps_a_client_with_its_pod(space: Space) -> None:
    three(space)
    space.kubectl("patch", "svc/web", "-p", '{"spec":{"sessionAffinity":"ClientIP"}}')
    space.kubectl("wait", "svc/web", "--for=jsonpath={.spec.sessionAffinity}=ClientIP")
    settled(space)
    assert len(set(curl(space, f"http://{cluster_ip(space)}", 20))) == 1


def settled(space: Space) -> None:
    """Until a service made after the change answers: the kernel's tables are written in order."""
    space.apply(service("later", "web"))
    address = cluster_ip(space, "later")
    space.sh("asks", f"until curl -s -m 1 http://{address}; do sleep 0.05; done")


def receive(address: str, port: int, within: float = 10) -> bytes:
    """The answer to a datagram; asked again while the kernel does not know the service yet."""
    deadline = time.monotonic() + within
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(1)
            probe.connect((address, port))
            try:
                probe.send(b"hello")
                return probe.recv(100)
            except OSError:
                if time.monotonic() > deadline:
                    raise


def test_an_external_address_leads_to_the_service(space: Space) -> None:
    three(space)
    space.kubectl("patch", "svc/web", "-p", '{"spec":{"externalIPs":["198.51.100.7"]}}')
    settled(space)
    assert len(set(curl(space, "http://198.51.100.7", 20))) == 3


def test_a_pod_reaches_itself_through_its_service(space: Space) -> None:
    space.run(pod("web", server()), service("web"))
    answer = space.sh("web", f"curl -s -m 5 http://{cluster_ip(space)}")
    assert answer.startswith("web ")


def test_udp_services_and_several_ports(space: Space) -> None:
    ready = {"exec": {"command": ["cat", "/tmp/ready"]}, "periodSeconds": 1}
    main = server(command=["python3", "-c", UDP], readinessProbe=ready)
    both = [
        {"name": "dns", "port": 53, "targetPort": 5353, "protocol": "UDP"},
        {"name": "dns-tcp", "port": 53, "targetPort": 5353, "protocol": "TCP"},
    ]
    space.run(pod("echo", main), service("echo", ports=both))
    assert receive(cluster_ip(space, "echo"), 53) == b"echo hello"


def test_a_udp_client_follows_when_its_pod_goes(space: Space) -> None:
    """One socket all the time: the kernel must forget where its datagrams went."""
    ready = {"exec": {"command": ["cat", "/tmp/ready"]}, "periodSeconds": 1}
    main = server(command=["python3", "-c", UDP], readinessProbe=ready)
    ports = [{"port": 53, "targetPort": 5353, "protocol": "UDP"}]
    space.run(deployment("echo", spec(main)), service("echo", ports=ports))
    address = cluster_ip(space, "echo")
    first = receive(address, 53)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.2)
        client.connect((address, 53))
        client.send(b"hello")
        assert client.recv(100) == first
        space.kubectl("delete", "pod", "-l", "app=echo")
        space.kubectl("rollout", "status", "deploy/echo", "--timeout=60s")
        assert until_answered(client) != first


def until_answered(client: socket.socket, within: float = 15) -> bytes:
    deadline = time.monotonic() + within
    while True:
        try:
            client.send(b"hello")
            return client.recv(100)
        except OSError:
            if time.monotonic() > deadline:
                raise


def test_a_service_without_endpoints_refuses_at_once(space: Space) -> None:
    space.run(service("nobody"), pod("asks"))
    address = cluster_ip(space, "nobody")
    script = f"curl -s -m 5 http://{address}; echo $?"
    assert space.sh("asks", script).strip() == "7"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address, 80), timeout=5)


def test_endpoints_follow_readiness(space: Space) -> None:
    ready = {"exec": {"command": ["cat", "/tmp/ready"]}, "periodSeconds": 1}
    main = server(readinessProbe=ready)
    space.apply(pod("web", main), service("web"), pod("asks"))
    space.wait("pod/asks", "condition=Ready")
    space.wait("pod/web", "jsonpath={.status.phase}=Running")
    address = cluster_ip(space)
    assert space.sh("asks", f"curl -s -m 5 http://{address}; echo $?").strip() == "7"
    space.sh("web", "touch /tmp/ready")
    space.wait("pod/web", "condition=Ready")
    space.sh("asks", f"until curl -s -m 5 http://{address}; do sleep 0.1; done")
    slices = space.get("endpointslices", "-l", "kubernetes.io/service-name=web")["items"]
    assert [e["conditions"]["ready"] for s in slices for e in s["endpoints"]] == [True]


LOOK_UP = """
import socket, struct, sys
def ask(name, kind):
    question = b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\\0"
    packet = struct.pack(">6H", 7, 256, 1, 0, 0, 1) + question + struct.pack(">2H", kind, 1)
    packet += b"\\0" + struct.pack(">2HIH", 41, 4096, 0, 0)  # long answers are welcome
    server = [l.split()[1] for l in open("/etc/resolv.conf") if l.startswith("nameserver")][0]
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5)
    s.sendto(packet, (server, 53))
    data = s.recv(4096)
    return data[3] & 15, struct.unpack(">H", data[6:8])[0], data
for words in sys.argv[1:]:
    name, kind = words.split("/")
    code, count, data = ask(name, {"A": 1, "CNAME": 5, "PTR": 12, "SRV": 33}[kind])
    print(name, kind, code, count)
"""


def look_up(space: Space, *questions: str) -> list[tuple[int, int]]:
    """For each ``name/TYPE`` the code of the answer and how many records it has."""
    said = space.kubectl("exec", "asks", "--", "python3", "-c", LOOK_UP, *questions)
    return [tuple(map(int, line.split()[2:])) for line in said.splitlines()]


def test_names_of_services_pods_and_ports(space: Space) -> None:
    headless = service("yard", "web", clusterIP="None")
    three(space)
    space.run(headless, pod("jar", server(), hostname="jar", subdomain="yard"))
    space.kubectl("label", "pod/jar", "app=web", "--overwrite")
    here = f"{space.name}.svc.cluster.local"
    address = cluster_ip(space)
    backwards = ".".join(reversed(address.split(".")))
    space.sh(
        "asks",
        f"until nslookup jar.yard.{here}; do sleep 0.1; done",
    )
    answers = look_up(
        space,
        f"web.{here}/A",
        f"yard.{here}/A",
        f"jar.yard.{here}/A",
        f"_http._tcp.web.{here}/SRV",
        f"_http._tcp.yard.{here}/SRV",
        f"{backwards}.in-addr.arpa/PTR",
        f"nothing.{here}/A",
    )
    assert answers == [(0, 1), (0, 4), (0, 1), (0, 1), (0, 4), (0, 1), (3, 0)]
    lookup = f"import socket; print(socket.gethostbyname('web.{space.name}'))"
    assert space.kubectl("exec", "asks", "--", "python3", "-c", lookup).strip() == address
    search = space.sh("asks", "cat /etc/resolv.conf")
    assert f"search {here} svc.cluster.local cluster.local" in search
    assert "options ndots:5" in search


def test_an_external_name_is_an_alias(space: Space) -> None:
    space.run(
        service("real"),
        {
            **service("alias"),
            "spec": {
                "type": "ExternalName",
                "externalName": f"real.{space.name}.svc.cluster.local",
            },
        },
        pod("asks"),
    )
    [(code, count)] = look_up(space, f"alias.{space.name}.svc.cluster.local/A")
    assert (code, count) == (0, 2)  # the alias, and what it leads to


@pytest.fixture
def outside(space: Space) -> Iterator[Outside]:
    """Another machine on the host's network."""
    with Outside() as machine:
        yield machine


def test_another_machine_reaches_node_ports_and_host_ports(space: Space, outside: Outside) -> None:
    hosted = server(ports=[{"containerPort": HTTP, "hostPort": 31999}])
    space.run(
        pod("hosted", hosted),
        pod("web", server()),
        service("web", type="NodePort"),
    )
    port = space.field("svc/web", ".spec.ports[0].nodePort")
    assert outside.curl(f"http://{outside.host}:{port}/n").startswith("web /n")
    assert outside.curl(f"http://{outside.host}:31999/h").startswith("hosted /h")
    assert fetch(f"http://{outside.host}:31999/h").startswith("hosted /h")


def test_pods_reach_another_machine(space: Space, outside: Outside) -> None:
    space.run(pod("asks"))
    with outside.serving(8123):
        said = space.sh(
            "asks", f"curl -s -m 5 -o /dev/null -w '%{{http_code}}' http://{outside.address}:8123/"
        )
    assert said == "200"


def test_the_pod_network_is_the_nodes(space: Space) -> None:
    space.run(pod("a"), pod("b", server()))
    address = space.field("pod/b", ".status.podIP")
    assert re.match(r"\d+\.\d+\.0\.\d+$", address)
    assert space.sh("a", f"curl -s -m 5 http://{address}:8080/x") == "b /x\n"
    assert fetch(f"http://{address}:8080/x") == "b /x\n"
    ips = json.loads(space.kubectl("get", "pod", "b", "-o", "jsonpath={.status.podIPs}"))
    assert ips == [{"ip": address}]
