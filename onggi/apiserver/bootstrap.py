"""What every cluster has from its first second on, and gets back at every start.

Namespaces first; all the rest at once. A start that finds everything in place writes
nothing. Sources: ``pkg/controlplane/controller`` (systemnamespaces, kubernetesservice,
clusterauthenticationtrust, defaultservicecidr), ``pkg/registry/{scheduling,flowcontrol}/rest``.
"""

from asyncio import TaskGroup
from collections.abc import Iterator
from ipaddress import ip_address

from onggi.api.errors import AlreadyExists, NotFound
from onggi.api.kind import Kind
from onggi.api.objects import Object, View
from onggi.apiserver.aggregation.identity import published
from onggi.apiserver.authz import policy
from onggi.apiserver.config import ApiConfig
from onggi.client.cluster import Cluster
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.endpoints import ENDPOINTS
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.service import SERVICE
from onggi.kinds.discovery.endpointslice import ENDPOINTSLICE
from onggi.kinds.flowcontrol.upkeep import SPECS, complete
from onggi.kinds.networking.servicecidr import SERVICECIDR
from onggi.kinds.scheduling.priorityclass import PRIORITYCLASS, SYSTEM

NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
DEFAULT, NAME = "default", "kubernetes"
DESCRIPTIONS = {
    "system-node-critical": "Used for system critical pods that must not be moved from their "
    "current node.",
    "system-cluster-critical": "Used for system critical pods that must run in the cluster, but "
    "can be moved to another node if necessary.",
}
AUTHENTICATION = "extension-apiserver-authentication"


async def bootstrap(cluster: Cluster, config: ApiConfig) -> None:
    """``cluster`` must be a superuser's."""
    async with TaskGroup() as tasks:
        for name in NAMESPACES:
            tasks.create_task(ensure(cluster, NAMESPACE, {"metadata": {"name": name}}))
    async with TaskGroup() as tasks:
        tasks.create_task(policy.reconcile(cluster))
        for kind, obj in expected(config):
            tasks.create_task(ensure(cluster, kind, obj))
        tasks.create_task(ensure_network(cluster, config))


def expected(config: ApiConfig) -> Iterator[tuple[Kind, Object]]:
    for name, value in SYSTEM.items():
        meta = {"name": name}
        yield PRIORITYCLASS, {"metadata": meta, "value": value, "description": DESCRIPTIONS[name]}
    for kind, specs in SPECS.items():
        for name in specs:
            yield kind, complete(kind, name)
    yield SERVICE, service(config)
    if is_reachable(config.address):
        yield ENDPOINTS, endpoints(config)
        yield ENDPOINTSLICE, endpoint_slice(config)
    if config.client_ca:
        meta = {"name": AUTHENTICATION, "namespace": "kube-system"}
        data = {"client-ca-file": config.client_ca}
        if config.front_proxy_ca:
            data.update(published(config.front_proxy_ca))
        yield CONFIGMAP, {"metadata": meta, "data": data}


def is_reachable(address: str) -> bool:
    """Whether pods could use it; endpoints may not be loopback addresses."""
    found = ip_address(address)
    return found.version == 4 and not (found.is_loopback or found.is_unspecified)


async def ensure_network(cluster: Cluster, config: ApiConfig) -> None:
    """Where addresses of Services come from, and that it is so: ready since it is there."""
    spec = {"cidrs": [str(config.services)]}
    await ensure(cluster, SERVICECIDR, {"metadata": {"name": NAME}, "spec": spec})
    found = await cluster.get(SERVICECIDR, "", NAME)
    if (found.get("status") or {}).get("conditions"):
        return
    condition = {
        "type": "Ready",
        "status": "True",
        "reason": "",
        "message": "Kubernetes default Service CIDR is ready",
        "lastTransitionTime": found["metadata"]["creationTimestamp"],
    }
    status = {"status": {"conditions": [condition]}}
    await cluster.patch(SERVICECIDR, found, status, subresource="status")


async def ensure(cluster: Cluster, kind: Kind, wanted: Object) -> None:
    """Make ``wanted`` if it is missing; put right what differs, other than a spec."""
    meta = wanted["metadata"]
    try:
        found = await cluster.get(kind, meta.get("namespace", ""), meta["name"])
    except NotFound:
        try:
            await cluster.create(kind, {**wanted, **typed(kind)})
        except AlreadyExists:
            return  # another server's bootstrap was first
        return
    if patch := difference(found, wanted):
        await cluster.patch(kind, found, patch)


def typed(kind: Kind) -> Object:
    return {"apiVersion": kind.api_version, "kind": kind.name}


def difference(found: View, wanted: View) -> Object:
    """Top-level fields that are not as wanted; what a spec says after creation is its owner's."""
    return {
        field: value
        for field, value in wanted.items()
        if field not in ("metadata", "spec") and found.get(field) != value
    }


def port(config: ApiConfig) -> Object:
    return {"name": "https", "port": config.port, "protocol": "TCP"}


def service(config: ApiConfig) -> Object:
    """The API under the first address of the service network."""
    entry = {"name": "https", "port": 443, "protocol": "TCP", "targetPort": config.port}
    return {
        "metadata": {
            "name": NAME,
            "namespace": DEFAULT,
            "labels": {"component": "apiserver", "provider": "kubernetes"},
        },
        "spec": {"type": "ClusterIP", "clusterIP": str(config.services[1]), "ports": [entry]},
    }


def endpoints(config: ApiConfig) -> Object:
    meta = {
        "name": NAME,
        "namespace": DEFAULT,
        "labels": {"endpointslice.kubernetes.io/skip-mirror": "true"},
    }
    subset = {"addresses": [{"ip": config.address}], "ports": [port(config)]}
    return {"metadata": meta, "subsets": [subset]}


def endpoint_slice(config: ApiConfig) -> Object:
    meta = {
        "name": NAME,
        "namespace": DEFAULT,
        "labels": {"kubernetes.io/service-name": NAME},
    }
    endpoint = {"addresses": [config.address], "conditions": {"ready": True}}
    return {
        "metadata": meta,
        "addressType": "IPv4",
        "endpoints": [endpoint],
        "ports": [port(config)],
    }
