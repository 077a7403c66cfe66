"""A real Envoy on loopback in front of real servers."""

import asyncio
import base64
import contextlib
import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from onggi.api.errors import AlreadyExists
from onggi.client.fake import FakeCluster
from onggi.controller.cache import Reflector
from onggi.controller.events import Recorder
from onggi.kinds.core.event import EVENT
from onggi.kinds.core.secret import SECRET
from onggi.kinds.core.service import SERVICE
from onggi.kinds.discovery.endpointslice import ENDPOINTSLICE
from onggi.kinds.networking.ingress import INGRESS
from onggi.kinds.networking.ingressclass import INGRESSCLASS
from onggi.platform.mesh.envoy import EnvoyConfig, NoEnvoy, binary, running
from onggi.platform.mesh.ingress import READS, Ingress, IngressConfig
from onggi.platform.mesh.translate.ingress import translate
from onggi.platform.mesh.translate.listeners import Doors, Pair
from onggi.platform.mesh.translate.resources import LISTENER
from onggi.platform.mesh.xds import Discovery, serving
from tests.caching import caches_of
from tests.platform.mesh.objects import backend, filled, ingress, path, piece, rule, service
from tests.world import NOW


def has_envoy():
    with contextlib.suppress(NoEnvoy):
        return bool(binary())
    return False


pytestmark = pytest.mark.skipif(not has_envoy(), reason="Envoy is not installed")

LOCAL = "127.0.0.1"
PORT = 18080  # of every backend, each on a loopback address of its own


def free_port():
    with socket.socket() as made:
        made.bind((LOCAL, 0))
        return made.getsockname()[1]


class Server:
    """A backend on its own loopback address that tells who answered and what it saw."""

    def __init__(self, address):
        self.address = address
        self.count = 0
        app = web.Application()
        app.router.add_route("*", "/ws", self.talk)
        app.router.add_route("*", "/slow", self.slow)
        app.router.add_route("*", "/{tail:.*}", self.answer)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)

    async def answer(self, request):
        self.count += 1
        seen = {k.lower(): v for k, v in request.headers.items()}
        return web.json_response({"who": self.address, "path": request.path_qs, "headers": seen})

    async def slow(self, request):
        await asyncio.sleep(0.5)
        return await self.answer(request)

    async def talk(self, request):
        made = web.WebSocketResponse()
        await made.prepare(request)
        async for message in made:
            await made.send_str(f"{self.address} {message.data}")
        return made

    async def start(self):
        await self.runner.setup()
        await web.TCPSite(self.runner, self.address, PORT).start()

    async def stop(self):
        await self.runner.cleanup()


class Scene:
    """A fake cluster with an Ingress controller and its Envoy."""

    def __init__(self, tmp: Path):
        self.cluster = FakeCluster(lambda: NOW)
        self.http, self.https = free_port(), free_port()
        run = tmp / "run"
        run.mkdir(mode=0o700)
        envoy = EnvoyConfig(run=run, log=tmp / "envoy.log", node="test", drain_within=2)
        doors = Doors(http_port=self.http, https_port=self.https)
        self.config = IngressConfig(envoy=envoy, doors=doors)
        self.caches = caches_of(READS)
        self.recorder = Recorder(self.cluster, lambda: NOW)
        self.servers = []

    @contextlib.asynccontextmanager
    async def running(self):
        made = Ingress(self.cluster, self.caches, self.recorder, self.config)
        reflectors = [Reflector(self.cluster, kind, self.caches) for kind in READS]
        async with asyncio.TaskGroup() as tasks:
            started = [tasks.create_task(r.run()) for r in reflectors]
            for reflector in reflectors:
                await reflector.synced.wait()
            started += [tasks.create_task(made.run()), tasks.create_task(self.recorder.run())]
            try:
                async with asyncio.timeout(20):
                    await made.ready.wait()
                yield made
            finally:
                for task in started:
                    task.cancel()
        for server in self.servers:
            await server.stop()

    async def server(self, address):
        made = Server(address)
        await made.start()
        self.servers.append(made)
        return made

    async def apply(self, kind, obj):
        try:
            await self.cluster.create(kind, obj)
        except AlreadyExists:
            old = await self.cluster.get(kind, "default", obj["metadata"]["name"])
            seen = {key: old["metadata"][key] for key in ("uid", "resourceVersion")}
            meta = {**obj["metadata"], **seen}
            await self.cluster.update(kind, {**obj, "metadata": meta})

    async def endpoints(self, *addresses, name="web"):
        await self.apply(ENDPOINTSLICE, piece(name, *((a, PORT) for a in addresses)))

    def url(self, path="/"):
        return f"http://{LOCAL}:{self.http}{path}"


@pytest.fixture
def scene(tmp_path):
    return Scene(tmp_path)


@pytest.fixture
async def client():
    async with aiohttp.ClientSession() as session:
        yield session


async def ask(client, url, host="", method="GET", **more):
    headers = {**({"Host": host} if host else {}), **more.pop("headers", {})}
    async with client.request(method, url, headers=headers, **more) as answer:
        body = await answer.json() if answer.status == 200 else {}
        return answer.status, body


async def until(client, url, host, wanted):
    """Ask until (status, who) is as wanted."""
    async with asyncio.timeout(5):
        while True:
            status, body = await ask(client, url, host)
            if (status, body.get("who")) == wanted:
                return
            await asyncio.sleep(0.005)


async def test_a_request_reaches_its_pod_with_the_headers_of_a_proxy(scene, client):
    await scene.server("127.0.1.1")
    await scene.apply(SERVICE, service())
    await scene.endpoints("127.0.1.1")
    await scene.apply(INGRESS, ingress("web", rule("app.test", path("/shop"))))
    async with scene.running():
        status, body = await ask(client, scene.url("/shop/a?b=c"), "app.test")
        assert (status, body["who"], body["path"]) == (200, "127.0.1.1", "/shop/a?b=c")
        headers = body["headers"]
        assert headers["host"] == "app.test"
        assert headers["x-forwarded-for"]  # Envoy calls the host by an address of its own
        assert headers["x-forwarded-proto"] == "http"
        assert headers["x-forwarded-host"] == "app.test"
        assert headers["x-forwarded-port"] == str(scene.http)
        assert headers["x-real-ip"] == LOCAL
        assert not [name for name in headers if name.startswith("x-envoy")]
        assert (await ask(client, scene.url("/shopping"), "app.test"))[0] == 404
        assert (await ask(client, scene.url("/shop"), "other.test"))[0] == 404
        made = await scene.cluster.get(INGRESSCLASS, "", "onggi")
        assert made["spec"]["controller"] == "onggi.dev/ingress"
        async with asyncio.timeout(5):
            async for event in scene.cluster.watch(INGRESS, since="0"):
                if event.object.get("status", {}).get("loadBalancer"):
                    assert event.object["status"]["loadBalancer"]["ingress"] == [{"ip": LOCAL}]
                    break


async def test_changes_reach_traffic_at_once(scene, client):
    await scene.server("127.0.1.1")
    await scene.server("127.0.1.2")
    async with scene.running():
        assert (await ask(client, scene.url(), "app.test"))[0] == 404
        await scene.apply(INGRESS, ingress("web", rule("app.test")))
        await until(client, scene.url(), "app.test", (503, None))
        await scene.apply(SERVICE, service())
        await scene.endpoints("127.0.1.1")
        await until(client, scene.url(), "app.test", (200, "127.0.1.1"))
        loop = asyncio.get_running_loop()
        began = loop.time()
        await scene.endpoints("127.0.1.2")
        await until(client, scene.url(), "app.test", (200, "127.0.1.2"))
        assert loop.time() - began < 0.5
        await scene.apply(INGRESS, ingress("web", rule("new.test")))
        await until(client, scene.url(), "new.test", (200, "127.0.1.2"))
        assert (await ask(client, scene.url(), "app.test"))[0] == 404
        async with asyncio.timeout(5):
            async for event in scene.cluster.watch(EVENT, since="0"):
                if event.object["reason"] == "BackendNotFound":
                    assert event.object["message"] == 'service "default/web" not found'
                    break


async def test_websockets_go_through(scene, client):
    await scene.server("127.0.1.1")
    await scene.apply(SERVICE, service())
    await scene.endpoints("127.0.1.1")
    await scene.apply(INGRESS, ingress("web", defaultBackend=backend()))
    async with scene.running(), client.ws_connect(scene.url("/ws")) as talk:
        await talk.send_str("hello")
        assert await talk.receive_str() == "127.0.1.1 hello"
        await scene.endpoints()  # the pod leaves: what is open stays open
        await until(client, scene.url(), "", (503, None))
        await talk.send_str("still")
        assert await talk.receive_str() == "127.0.1.1 still"


def certificate(name):
    """(chain, key), PEM, self-signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))  # noqa: TID251
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))  # noqa: TID251
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return made.public_bytes(serialization.Encoding.PEM), private


def tls_secret(name, chain, key):
    data = {"tls.crt": base64.b64encode(chain).decode(), "tls.key": base64.b64encode(key).decode()}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/tls",
        "metadata": {"namespace": "default", "name": name},
        "data": data,
    }


async def shown(port, server_name):
    """The certificate that is shown for a server name; "" where the handshake is refused."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        _, writer = await asyncio.open_connection(
            LOCAL, port, ssl=context, server_hostname=server_name
        )
    except (OSError, ssl.SSLError):
        return ""
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.transport.abort()
    return ssl.DER_cert_to_PEM_cert(der)


async def until_shown(port, name, chain):
    async with asyncio.timeout(5):
        while True:
            if await shown(port, name) == chain.decode():
                return
            await asyncio.sleep(0.01)


async def test_certificates_follow_their_secrets(scene, client):
    await scene.server("127.0.1.1")
    await scene.apply(SERVICE, service())
    await scene.endpoints("127.0.1.1")
    tls = [
        {"hosts": ["one.test"], "secretName": "one"},
        {"hosts": ["two.test"], "secretName": "two"},
    ]
    rules = [rule("one.test"), rule("two.test")]
    await scene.apply(INGRESS, ingress("web", *rules, tls=tls))
    old, new = certificate("one.test"), certificate("one.test")
    await scene.apply(SECRET, tls_secret("one", *old))
    async with scene.running():
        assert await shown(scene.https, "one.test") == old[0].decode()
        assert await shown(scene.https, "two.test") == ""
        await scene.apply(SECRET, tls_secret("one", *new))
        await until_shown(scene.https, "one.test", new[0])
        two = certificate("two.test")
        await scene.apply(SECRET, tls_secret("two", two[0], new[1]))  # the wrong key
        await event_with(scene.cluster, "does not belong")
        await scene.apply(SECRET, tls_secret("two", *two))
        await until_shown(scene.https, "two.test", two[0])
        url = f"https://{LOCAL}:{scene.https}/"
        status, body = await ask(client, url, "one.test", ssl=False, server_hostname="one.test")
        assert (status, body["headers"]["x-forwarded-proto"]) == (200, "https")


async def test_hosts_without_a_certificate_are_served_with_the_platforms_own(scene, client):
    await scene.server("127.0.1.1")
    await scene.apply(SERVICE, service())
    await scene.endpoints("127.0.1.1")
    await scene.apply(INGRESS, ingress("web", rule("plain.test")))
    own = certificate("localhost")
    scene.config = replace(scene.config, fallback=lambda: Pair(*(text.decode() for text in own)))
    async with scene.running():
        assert await shown(scene.https, "plain.test") == own[0].decode()
        assert await shown(scene.https, "other.test") == own[0].decode()
        url = f"https://{LOCAL}:{scene.https}/"
        status, _ = await ask(client, url, "plain.test", ssl=False, server_hostname="plain.test")
        assert status == 200


async def event_with(cluster, words):
    async with asyncio.timeout(5):
        async for event in cluster.watch(EVENT, since="0"):
            if words in event.object["message"]:
                return event.object
    return None


async def test_a_port_that_is_taken_is_told_on_the_ingress(scene):
    await scene.apply(SERVICE, service())
    tls = [{"hosts": ["one.test"], "secretName": "one"}]
    await scene.apply(INGRESS, ingress("web", rule("one.test"), tls=tls))
    await scene.apply(SECRET, tls_secret("one", *certificate("one.test")))
    with socket.create_server((LOCAL, scene.https)):
        async with scene.running() as made:
            told = await event_with(scene.cluster, "Address already in use")
            assert list(made.discovery.refusals) == [LISTENER]
    assert (told["type"], told["reason"]) == ("Warning", "ConfigurationRefused")
    assert told["message"].startswith("Envoy refuses its Listener: ")


class Load:
    """Clients that never stop asking; every answer is counted."""

    def __init__(self, scene, client):
        self.scene, self.client = scene, client
        self.good, self.bad = 0, []
        self.over = False
        self.wanted, self.reached = 0, asyncio.Event()

    async def answers(self, number):
        """Wait for that many more, or for a failure."""
        self.wanted = self.good + number
        self.reached.clear()
        await self.reached.wait()

    async def ask(self, path, method):
        while not self.over:
            try:
                status, _ = await ask(self.client, self.scene.url(path), "app.test", method)
            except aiohttp.ClientError as error:
                status = repr(error)
            if status == 200:
                self.good += 1
            else:
                self.bad.append((path, method, status))
            if self.bad or self.good >= self.wanted:
                self.reached.set()


async def test_rolling_replacement_under_load_loses_nothing(scene):
    """Every pod is replaced again and again; an old one stops right after its endpoint went."""
    await scene.apply(SERVICE, service())
    await scene.apply(INGRESS, ingress("web", rule("app.test")))
    alive = [await scene.server(f"127.0.2.{n}") for n in (1, 2, 3)]
    await scene.endpoints(*(s.address for s in alive))
    connector = aiohttp.TCPConnector(limit=0)
    async with scene.running(), aiohttp.ClientSession(connector=connector) as client:
        await until_any(client, scene)
        load = Load(scene, client)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(6):
                tasks.create_task(load.ask("/", "GET"))
            tasks.create_task(load.ask("/slow", "GET"))
            tasks.create_task(load.ask("/", "PUT"))
            for number in range(4, 16):
                fresh = await scene.server(f"127.0.2.{number}")
                old = alive.pop(0)
                alive.append(fresh)
                await scene.endpoints(*(s.address for s in alive))
                await old.stop()  # at once: no preStop
                await load.answers(50)
            load.over = True
        assert load.bad == []
        assert load.good > 600


async def until_any(client, scene):
    async with asyncio.timeout(5):
        while True:
            if (await ask(client, scene.url(), "app.test"))[0] == 200:
                return


async def test_envoy_stops_with_its_controller(scene, client):
    await scene.server("127.0.1.1")
    await scene.apply(SERVICE, service())
    await scene.endpoints("127.0.1.1")
    await scene.apply(INGRESS, ingress("web", rule("app.test")))
    async with scene.running():
        assert (await ask(client, scene.url(), "app.test"))[0] == 200
        slow = asyncio.ensure_future(ask(client, scene.url("/slow"), "app.test"))
        await until(client, scene.url(), "app.test", (200, "127.0.1.1"))
    with pytest.raises(aiohttp.ClientError):
        await ask(client, scene.url(), "app.test")
    assert (await slow)[0] == 200  # what was open could end


async def test_envoy_serves_on_without_its_controller_and_listens_to_the_next_one(scene, client):
    """As after a crash: traffic goes on, and the new configuration arrives."""
    await scene.server("127.0.1.1")
    doors = scene.config.doors

    def configured(host):
        made = [ingress("web", rule(host))]
        world = filled(service(), piece("web", ("127.0.1.1", PORT)))
        return translate(world, made, {}, doors).resources

    first, second = Discovery(), Discovery()
    first.publish(configured("old.test"))
    second.publish(configured("new.test"))
    envoy = scene.config.envoy
    async with contextlib.AsyncExitStack() as stack:
        async with serving(first, envoy.discovery_socket):
            await stack.enter_async_context(running(envoy))
            await first.settled()
            assert (await ask(client, scene.url(), "old.test"))[0] == 200
        assert (await ask(client, scene.url(), "old.test"))[0] == 200
        async with serving(second, envoy.discovery_socket), asyncio.timeout(10):
            await second.settled()
            assert (await ask(client, scene.url(), "new.test"))[0] == 200
            assert (await ask(client, scene.url(), "old.test"))[0] == 404
    for server in scene.servers:
        await server.stop()
