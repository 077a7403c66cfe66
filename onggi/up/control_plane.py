"""The API server, its controllers and the scheduler: all that ``--no-node`` runs."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from onggi.api.http import Handler, User
from onggi.apiserver.access import Access, access
from onggi.apiserver.aggregation.identity import CLIENT
from onggi.apiserver.assemble import ApiServer, assemble, parts_of
from onggi.apiserver.audit.audit import Audit
from onggi.apiserver.audit.audit import load as load_policy
from onggi.apiserver.audit.log import LogFile
from onggi.apiserver.authn.accounts import Keys
from onggi.apiserver.authn.pki import Pki, Wanted, serving_hosts, standard
from onggi.apiserver.config import ApiConfig
from onggi.apiserver.server import HttpServer
from onggi.client.inprocess import InProcess
from onggi.client.kubeconfig import Endpoint, document, save
from onggi.config import ANYWHERE, Config
from onggi.facts import primary_address
from onggi.store.store import Store
from onggi.up.clock import now

DAY = 86400.0  # seconds
FRONT_PROXY = Wanted("client", CLIENT)
INGRESS = Wanted("ingress", "onggi-ingress", hosts=("localhost", "*.localhost"), client=False)


@dataclass
class ControlPlane:
    """A server that answers. ``nodes`` takes the handler of each node that joins."""

    config: Config
    store: Store
    api: ApiServer
    http: HttpServer
    pki: Pki
    tls: ssl.SSLContext
    nodes: dict[str, Handler] = field(default_factory=dict)
    front: Pki = field(init=False)

    def __post_init__(self) -> None:
        self.front = front_proxy(self.config)

    def cluster(self, user: User) -> InProcess:
        """The API as one of the parts of this process."""
        return InProcess(self.api, user)

    @property
    def url(self) -> str:
        return f"https://{self.config.address}:{self.http.ports[0]}"

    def endpoint(self, file: str = "admin") -> Endpoint:
        """How a client with the certificate ``file`` reaches it."""
        certificate, key = self.pki.texts(file)
        trust = self.pki.trust.read_text()
        return Endpoint(server=self.url, trust=trust, certificate=certificate, key=key)


@asynccontextmanager
async def api_server(config: Config, store: Store) -> AsyncIterator[ControlPlane]:
    """A server that listens; the namespaces and roles that a cluster begins with are there."""
    pki = Pki(config.data / "pki", certificates(config))
    pki.renew(now())
    front_proxy(config).renew(now())
    nodes: dict[str, Handler] = {}
    gate = access(store, Keys(pki.signing_key), now, **outsiders(config))
    audit = auditor(config, gate)
    api = assemble(
        store, parts_of(gate), clock=now, config=api_config(config, pki), nodes=nodes, audit=audit
    )
    http = HttpServer(api, api.metrics.observe)
    plane = ControlPlane(config, store, api, http, pki, pki.server_context(), nodes)
    await api.start()
    await plane.http.start([(a, config.api_port) for a in addresses(config)], plane.tls)
    try:
        yield plane
    finally:
        api.health.ready = False
        await plane.http.stop()
        await api.close()
        if audit:
            audit.log.close()


def auditor(config: Config, gate: Access) -> Audit | None:
    """Where there is a policy. Raises BadPolicy."""
    if not config.audit_policy:
        return None
    policy = load_policy(Path(config.audit_policy))
    file = LogFile(config.log / "audit.log", now)
    return Audit(policy, file, now, gate.authenticator.inner.authenticate)


def outsiders(config: Config) -> dict[str, Any]:
    """Who else may ask, where a file says so. Raises BadConfig."""
    if not config.authentication:
        return {}
    from onggi.apiserver.authn.oidc.provider import load  # brings CEL and a JWT library

    return load(Path(config.authentication), now)


def addresses(config: Config) -> tuple[str, ...]:
    """Pods reach the server through the bridge's address."""
    if config.everywhere:
        return (ANYWHERE,)
    return (*config.listen, config.gateway) if config.node else config.listen


def certificates(config: Config) -> tuple[Wanted, ...]:
    outside = (primary_address(),) if config.everywhere else config.listen
    own = (config.api_service, config.gateway, config.address, *filter(None, outside))
    nodes = [config.node_name]
    return (*standard(serving_hosts(*own), nodes), *([INGRESS] if config.node else ()))


def front_proxy(config: Config) -> Pki:
    """Who we are to extension API servers: an authority of its own, or whoever has a client
    certificate of the cluster could speak to them for others."""
    return Pki(config.data / "pki" / "front-proxy", (FRONT_PROXY,))


def api_config(config: Config, pki: Pki) -> ApiConfig:
    front = front_proxy(config)
    return ApiConfig(
        client_ca=pki.trust.read_text(),
        front_proxy_ca=front.trust.read_text(),
        front_proxy=front.path(FRONT_PROXY.file),
        services=IPv4Network(config.service_network),
        node_ports=config.node_ports,
        address=config.gateway if config.node else config.address,
        port=config.api_port,
    )


async def keep_certificates(plane: ControlPlane) -> None:
    """Renew what has less than a third of its life left, without a restart."""
    while True:
        due = min(plane.pki.next_due(), plane.front.next_due())
        wait = (due - now()).total_seconds()
        await asyncio.sleep(max(60.0, min(wait, DAY)))
        if "apiserver" in plane.pki.renew(now()):
            plane.tls.load_cert_chain(plane.pki.path("apiserver"))
        if plane.front.renew(now()):
            plane.api.aggregator.identity.forget()
        write_kubeconfig(plane)


def write_kubeconfig(plane: ControlPlane) -> None:
    save(plane.config.kubeconfig, document(plane.endpoint(), plane.config.name))
