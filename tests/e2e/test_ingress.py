"""L7 routes from Ingress objects: hosts, paths, default backend, TLS, classes, other machines."""

import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import aiohttp
from cryptography import x509

from tests.e2e.certificates import tls_secret
from tests.e2e.manifests import backend, ingress, path, pod, rule, server, service
from tests.e2e.platform import Space


def eventually(check: Callable[[], Any], expected: Any, within: float = 15) -> None:
    """Until the change has reached the traffic."""
    deadline = time.monotonic() + within
    while (found := check()) != expected:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def ask(space: Space, host: str, where: str = "/") -> tuple[int, str]:
    """Status and first word of the answer to a request for ``host``."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    url = f"http://127.0.0.1:{space.platform.http_port}{where}"
    try:
        with opener.open(urllib.request.Request(url, headers={"Host": host}), timeout=10) as answer:
            return answer.status, answer.read().decode().strip()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""


def served(space: Space, *names: str) -> None:
    """For each name a pod and a service; the pod's answer begins with its name."""
    space.run(*(pod(name, server()) for name in names), *(service(name) for name in names))


def test_hosts_and_path_types_lead_to_their_services(space: Space) -> None:
    served(space, "one", "two")
    hosts = [f"{word}.{space.name}.example" for word in ("a", "b", "deep.c", "none")]
    a, b, c, none = hosts
    space.apply(
        ingress(
            "web",
            rule(a, path("one"), path("two", "/two"), path("two", "/exact", "Exact")),
            rule(b, path("two")),
            rule(f"*.c.{space.name}.example", path("one")),
        )
    )
    eventually(lambda: ask(space, a), (200, "one /"))
    assert ask(space, a, "/two/x") == (200, "two /two/x")
    assert ask(space, a, "/twofold") == (200, "one /twofold")
    assert ask(space, a, "/exact") == (200, "two /exact")
    assert ask(space, a, "/exact/x") == (200, "one /exact/x")
    assert ask(space, b) == (200, "two /")
    assert ask(space, c) == (200, "one /")
    assert ask(space, f"very.{c}")[0] == 404
    assert ask(space, none)[0] == 404
    assert ask(space, f"{a}:8080") == (200, "one /")


def test_the_default_backend_takes_what_no_rule_takes(space: Space) -> None:
    served(space, "one", "rest")
    host = f"{space.name}.example"
    space.apply(ingress("web", rule(host, path("one", "/one"))))
    eventually(lambda: ask(space, host, "/one"), (200, "one /one"))
    assert ask(space, host, "/else")[0] == 404
    space.apply(ingress("all", defaultBackend=backend("rest")))
    eventually(lambda: ask(space, "nowhere.example", "/x"), (200, "rest /x"))
    space.kubectl("delete", "ingress", "all")  # other tests count on nobody taking all
    eventually(lambda: ask(space, "nowhere.example", "/x")[0], 404)


def test_a_change_and_a_deletion_reach_the_traffic(space: Space) -> None:
    served(space, "one", "two")
    host = f"{space.name}.example"
    space.apply(ingress("web", rule(host, path("one"))))
    eventually(lambda: ask(space, host), (200, "one /"))
    space.apply(ingress("web", rule(host, path("two"))))
    eventually(lambda: ask(space, host), (200, "two /"))
    space.kubectl("delete", "ingress", "web")
    eventually(lambda: ask(space, host)[0], 404)


def test_a_foreign_class_is_left_to_others(space: Space) -> None:
    served(space, "one")
    host = f"{space.name}.example"
    foreign = ingress("foreign", rule(host, path("one")), ingressClassName="nginx")
    space.apply(foreign, ingress("own", rule(f"own.{host}", path("one"))))
    eventually(lambda: ask(space, f"own.{host}"), (200, "one /"))
    assert ask(space, host)[0] == 404
    assert space.field("ingress/foreign", ".status.loadBalancer") in ("{}", "")
    space.wait("ingress/own", "jsonpath={.status.loadBalancer.ingress[0].ip}=127.0.0.1")


def test_a_service_without_endpoints_gives_503(space: Space) -> None:
    space.apply(service("nobody"), ingress("web", rule(f"{space.name}.example", path("nobody"))))
    eventually(lambda: ask(space, f"{space.name}.example")[0], 503)


def serial(space: Space, host: str) -> int:
    """Of the certificate that is shown to a client that asks for ``host``; 0 for none."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    address = ("127.0.0.1", space.platform.https_port)
    try:
        with (
            socket.create_connection(address, timeout=5) as raw,
            context.wrap_socket(raw, server_hostname=host) as secured,
        ):
            return x509.load_der_x509_certificate(secured.getpeercert(True) or b"").serial_number
    except (OSError, ssl.SSLError):
        return 0


def test_certificates_by_name_and_their_rotation(space: Space) -> None:
    served(space, "one")
    hosts = [f"{word}.{space.name}.example" for word in "ab"]
    secrets = [tls_secret(f"tls-{n}", host) for n, host in enumerate(hosts)]
    tls = [{"hosts": [host], "secretName": f"tls-{n}"} for n, host in enumerate(hosts)]
    rules = [rule(host, path("one")) for host in hosts]
    space.apply(*(secret for secret, _ in secrets), ingress("web", *rules, tls=tls))
    for host, (_, number) in zip(hosts, secrets, strict=True):
        eventually(lambda host=host: serial(space, host), number)
    assert https(space, hosts[0]) == "one /secure"
    fresh, number = tls_secret("tls-0", hosts[0])
    space.apply(fresh)
    eventually(lambda: serial(space, hosts[0]), number)
    assert serial(space, hosts[1]) == secrets[1][1]


def https(space: Space, host: str) -> str:
    context = ssl._create_unverified_context()
    import http.client

    class Named(http.client.HTTPSConnection):
        def connect(self) -> None:
            raw = socket.create_connection(("127.0.0.1", self.port), timeout=5)
            self.sock = context.wrap_socket(raw, server_hostname=host)

    connection = Named(host, space.platform.https_port, context=context)
    try:
        connection.request("GET", "/secure", headers={"Host": host})
        return connection.getresponse().read().decode().strip()
    finally:
        connection.close()


def test_a_broken_certificate_harms_nobody_else(space: Space) -> None:
    served(space, "one")
    good, bad = f"good.{space.name}.example", f"bad.{space.name}.example"
    secret, number = tls_secret("good", good)
    broken = {**tls_secret("bad", bad)[0], "data": {"tls.crt": "eA==", "tls.key": "eA=="}}
    tls = [{"hosts": [good], "secretName": "good"}, {"hosts": [bad], "secretName": "bad"}]
    space.apply(
        secret, broken, ingress("web", *(rule(h, path("one")) for h in (good, bad)), tls=tls)
    )
    eventually(lambda: serial(space, good), number)
    assert https(space, good) == "one /secure"


# Takes a WebSocket, and sends each text back with the pod's name before it.
ECHO = """
import base64, hashlib, os, socketserver
class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        key = ""
        while (line := self.rfile.readline().strip()):
            name, _, value = line.decode().partition(": ")
            key = value if name.lower() == "sec-websocket-key" else key
        if not key:
            self.wfile.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nready")
            return
        proof = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        self.wfile.write(
            b"HTTP/1.1 101 Switching Protocols\\r\\n"
            b"Upgrade: websocket\\r\\nConnection: Upgrade\\r\\n"
            b"Sec-WebSocket-Accept: " + base64.b64encode(proof) + b"\\r\\n\\r\\n"
        )
        while (head := self.rfile.read(2)) and head[0] == 0x81:
            mask, data = self.rfile.read(4), self.rfile.read(head[1] & 127)
            text = bytes(b ^ mask[i % 4] for i, b in enumerate(data))
            answer = os.uname().nodename.encode() + b" " + text
            self.wfile.write(bytes([0x81, len(answer)]) + answer)
socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(("", 8080), Handler).serve_forever()
"""


async def test_a_web_socket_goes_through(space: Space) -> None:
    host = f"{space.name}.example"
    space.run(pod("echo", server(command=["python3", "-c", ECHO])), service("echo"))
    space.apply(ingress("web", rule(host, path("echo"))))
    eventually(lambda: ask(space, host), (200, "ready"))
    url = f"http://127.0.0.1:{space.platform.http_port}/"
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url, headers={"Host": host}) as talk,
    ):
        for word in ("hello", "again"):
            await talk.send_str(word)
            assert await talk.receive_str(timeout=10) == f"echo {word}"
