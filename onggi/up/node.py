"""This machine as a node: containers, volumes, services, DNS."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from onggi.api.kind import Kind
from onggi.api.objects import View, get
from onggi.config import CLUSTER_DOMAIN, Config
from onggi.facts import primary_address
from onggi.kinds.core.node import NODE
from onggi.kinds.core.service import SERVICE
from onggi.node import admission, machine
from onggi.node.agent import Agent
from onggi.node.cgroups import PodCgroups
from onggi.node.checks import Checker
from onggi.node.cni import Network
from onggi.node.collect import Collector
from onggi.node.configurer import PodConfigurer
from onggi.node.downward import Surroundings
from onggi.node.events import NodeEvents
from onggi.node.facts import Facts, read_facts, refreshed
from onggi.node.ground import Ground
from onggi.node.heartbeat import Heartbeat, runtime_health
from onggi.node.images import PodImages, node_images
from onggi.node.layout import Layout
from onggi.node.logs_rotate import LogKeeper
from onggi.node.means import Means
from onggi.node.meter import Meter
from onggi.node.node_status import Health, Setting
from onggi.node.server import NodeServer
from onggi.node.volumes.pods import PodVolumes
from onggi.platform.mesh import ingress as mesh
from onggi.platform.mesh.envoy import EnvoyConfig
from onggi.platform.mesh.ingress import Ingress, IngressConfig
from onggi.platform.mesh.translate.listeners import Doors, Pair
from onggi.proxy import dns, host
from onggi.proxy import loop as proxy
from onggi.proxy.dns import ClusterDns, DnsConfig
from onggi.proxy.loop import Proxy, ProxyConfig
from onggi.proxy.names import Zone
from onggi.proxy.table import TableConfig
from onggi.up import users
from onggi.up.clock import now
from onggi.up.control_plane import INGRESS, ControlPlane
from onggi.up.loops import Loops

HOST_RECORD = Path("/run/onggi-host.json")  # of all instances; a reboot resets both
READS: tuple[Kind, ...] = (*proxy.READS, *dns.READS, *mesh.READS)


def layout(config: Config) -> Layout:
    return Layout(data=config.data, run=config.run, instance=config.name)


def network(config: Config) -> Network:
    return Network(subnet=config.node_network)


def prepare_host() -> None:
    """Kernel settings; what they were is kept for the last instance that goes."""
    former = host.prepare()
    if former:
        known = json.loads(HOST_RECORD.read_text()) if HOST_RECORD.exists() else {}
        HOST_RECORD.write_text(json.dumps({**former, **known}))


@dataclass(frozen=True)
class Traffic:
    """The service proxy and the cluster's DNS."""

    proxy: Proxy
    dns: ClusterDns

    @staticmethod
    def of(config: Config, loops: Loops) -> "Traffic":
        table = TableConfig(
            name=config.name, pods=config.pod_network, services=config.service_network
        )
        served = frozenset({config.dns_service})
        networks = (config.pod_network, config.service_network)
        zone = Zone(domain=CLUSTER_DOMAIN, address=config.dns_service, networks=networks)
        caches = loops.runtime.caches
        return Traffic(
            Proxy(caches, ProxyConfig(node=config.node_name, table=table, served_here=served)),
            ClusterDns(caches, DnsConfig(zone=zone, label=f"lo:{config.name}")),
        )

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.proxy.run())
            group.create_task(self.dns.run())

    async def ready(self) -> None:
        await self.proxy.applied.wait()
        await self.dns.listening.wait()


def published(config: Config) -> tuple[str, ...]:
    """The addresses that an Ingress's status shows."""
    return (primary_address() or config.gateway,) if config.everywhere else config.listen


def ingress(plane: ControlPlane, loops: Loops) -> Ingress:
    """Envoy, following the Ingress objects."""
    config, runtime = plane.config, loops.runtime
    envoy = EnvoyConfig(run=config.run, log=config.log / "envoy.log", node=config.node_name)
    doors = Doors(addresses=config.listen, http_port=config.http_port, https_port=config.https_port)
    return Ingress(
        plane.cluster(users.INGRESS),
        runtime.caches,
        runtime.recorder,
        IngressConfig(
            envoy=envoy,
            doors=doors,
            published=published(config),
            fallback=lambda: Pair(*plane.pki.texts(INGRESS.file)),
        ),
    )


class Node:
    """The node agent with all its parts; ``run`` for ever, ``ready`` once it has joined."""

    def __init__(self, plane: ControlPlane, loops: Loops, ground: Ground) -> None:
        config = plane.config
        self._layout, self._runtime = layout(config), ground.runtime
        self._caches, self._name = loops.runtime.caches, config.node_name
        self._facts = read_facts(config.data)
        self._addresses = [primary_address() or config.gateway]
        self._cluster = plane.cluster(users.node(config.node_name))
        self._events = NodeEvents(loops.runtime.recorder, config.node_name)
        self._checker = Checker(ground.runtime)
        self._volumes = PodVolumes(
            self._cluster, self._layout, self._around, now, lambda uid: self._agent.retry_mount(uid)
        )
        self._images = PodImages(ground.runtime, self._cluster, self._events, now)
        setting = Setting(
            name=config.node_name, addresses=self._addresses, pod_cidr=config.node_network
        )
        self._heartbeat = Heartbeat(
            self._cluster, setting, self._machine, self._health, now, self._events
        )
        self._agent = Agent(self._means(config), config.node_name, self._admit)
        meter = Meter(config.node_name, config.data, ground.runtime, now)
        plane.nodes[config.node_name] = NodeServer(self._agent, ground.runtime, meter, now)

    async def run(self) -> None:
        keeper = LogKeeper(self._layout, self._runtime, self._uids, now)
        collector = Collector(self._runtime, self._layout.data, now, self._images.used)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._heartbeat.run())
                await self._heartbeat.registered.wait()
                for part in (self._volumes, self._agent, keeper, collector):
                    group.create_task(part.run())
        finally:
            await self._checker.close()

    async def ready(self) -> None:
        await self._heartbeat.registered.wait()
        await self._agent.listed.wait()

    def _means(self, config: Config) -> Means:
        facts = machine.node(self._layout, (config.dns_service,), CLUSTER_DOMAIN)
        cgroups = PodCgroups(self._layout.cgroup, facts.hierarchies)
        configurer = PodConfigurer(
            node=facts,
            cluster=self._cluster,
            runtime=self._runtime,
            cgroups=cgroups,
            services=lambda: self._caches.all(SERVICE),
            around=self._around,
            recorder=self._events,
        )
        return Means(
            cluster=self._cluster,
            runtime=self._runtime,
            volumes=self._volumes,
            images=self._images,
            configurer=configurer,
            cgroups=cgroups,
            recorder=self._events,
            clock=now,
            checker=self._checker,
            host_ips=lambda: self._addresses,
        )

    def _around(self) -> Surroundings:
        allocatable = get(self._heartbeat.node, "status.allocatable") or {}
        return Surroundings(host_ips=self._addresses, allocatable=allocatable)

    def _machine(self) -> Facts:
        self._facts = refreshed(self._facts, self._layout.data)
        return self._facts

    async def _health(self) -> Health:
        async def images() -> Sequence[View]:
            return node_images(await self._runtime.images())

        return await runtime_health(self._runtime, images)

    def _admit(self, pod: View, others: Sequence[View]) -> admission.Refusal | None:
        """Judged by the same labels that the scheduler has seen; a heartbeat may be older."""
        node = self._caches.get(NODE, "", self._name) or self._heartbeat.node
        return admission.admit(pod, others, node)

    def _uids(self) -> set[str] | None:
        if not self._agent.listed.is_set():
            return None
        return {pod["metadata"]["uid"] for pod in self._agent.all()}
