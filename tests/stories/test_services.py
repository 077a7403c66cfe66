"""Services: pods come and go, Endpoints and EndpointSlices follow."""

import asyncio

import pytest

from onggi.api.objects import get
from onggi.client.cluster import reference
from onggi.kinds.apps.deployment import DEPLOYMENT
from onggi.kinds.apps.deployment.reconcile import CONTROLLER as DEPLOYMENTS
from onggi.kinds.apps.replicaset.reconcile import CONTROLLER as REPLICASETS
from onggi.kinds.core.endpoints import ENDPOINTS
from onggi.kinds.core.endpoints.reconcile import CONTROLLER as ENDPOINT
from onggi.kinds.core.endpoints.reconcile import LEFTOVERS
from onggi.kinds.core.namespace.furniture import SERVICE_ACCOUNTS
from onggi.kinds.core.node import NODE
from onggi.kinds.core.pod import POD
from onggi.kinds.core.service import SERVICE
from onggi.kinds.discovery.endpointslice import ENDPOINTSLICE
from onggi.kinds.discovery.endpointslice.mirror import CONTROLLER as MIRROR
from onggi.kinds.discovery.endpointslice.reconcile import CONTROLLER as SLICES
from tests.stories.machine import Kubelet, deployment, running

pytestmark = pytest.mark.looptime

EVERYBODY = (SERVICE_ACCOUNTS, DEPLOYMENTS, REPLICASETS, ENDPOINT, LEFTOVERS, SLICES, MIRROR)


def service(name="web", **spec):
    ports = [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}]
    return {
        "metadata": {"name": name, "namespace": "default", "labels": {"team": "a"}},
        "spec": {"selector": {"app": "web"}, "clusterIP": "10.96.0.9", "ports": ports, **spec},
    }


def state(endpoint_slice):
    return sorted(
        tuple(e["conditions"][c] for c in ("ready", "serving", "terminating"))
        for e in endpoint_slice["endpoints"]
    )


async def test_endpoints_follow_the_pods(machine):
    await machine.create(NODE, {"metadata": {"name": "node-1"}})
    async with running(machine, EVERYBODY, Kubelet(start=5, stop=5)):
        await machine.create(SERVICE, service())
        await asyncio.sleep(1)
        (placeholder,) = await machine.all(ENDPOINTSLICE)
        assert (placeholder["endpoints"], placeholder["ports"]) == ([], [])
        await machine.create(DEPLOYMENT, deployment())
        await asyncio.sleep(3)
        (pending,) = await machine.all(ENDPOINTSLICE)
        assert pending["metadata"]["name"] == placeholder["metadata"]["name"]
        assert state(pending) == [(False, False, False)] * 3
        await asyncio.sleep(5)
        (ready,) = await machine.all(ENDPOINTSLICE)
        assert state(ready) == [(True, True, False)] * 3
        assert ready["ports"] == [{"name": "http", "port": 8080, "protocol": "TCP"}]
        assert ready["metadata"]["labels"] == {
            "team": "a",
            "kubernetes.io/service-name": "web",
            "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        }
        endpoints = await machine.get(ENDPOINTS, "default", "web")
        (subset,) = endpoints["subsets"]
        assert len(subset["addresses"]) == 3
        name = (await machine.names(POD))[0]
        await machine.delete(POD, reference("default", name))
        await asyncio.sleep(2)
        (ending,) = await machine.all(ENDPOINTSLICE)
        assert (False, True, True) in state(ending)
        endpoints = await machine.get(ENDPOINTS, "default", "web")
        assert name not in str(endpoints)


async def test_at_rest_nothing_is_written(machine):
    await machine.create(NODE, {"metadata": {"name": "node-1"}})
    async with running(machine, EVERYBODY, Kubelet()):
        await machine.create(SERVICE, service())
        await machine.create(DEPLOYMENT, deployment())
        await asyncio.sleep(60)
        before = await machine.revision()
        await asyncio.sleep(3600)
        assert await machine.revision() == before


async def test_endpoints_go_with_their_service(machine):
    await machine.create(NODE, {"metadata": {"name": "node-1"}})
    async with running(machine, EVERYBODY, Kubelet()):
        await machine.create(SERVICE, service())
        await asyncio.sleep(1)
        assert await machine.names(ENDPOINTS) == ["web"]
        await machine.delete(SERVICE, reference("default", "web"))
        await asyncio.sleep(1)
        assert await machine.names(ENDPOINTS) == []


async def test_endpoints_made_by_hand_go_with_their_service_too(machine):
    made = {"metadata": {"name": "web", "namespace": "default"}}
    async with running(machine, EVERYBODY):
        await machine.create(ENDPOINTS, made)
        await asyncio.sleep(1)
        assert await machine.names(ENDPOINTS) == ["web"]  # the Service is still to come
        await machine.create(SERVICE, service(selector=None))
        await asyncio.sleep(1)
        await machine.delete(SERVICE, reference("default", "web"))
        await asyncio.sleep(1)
        assert "web" not in await machine.names(ENDPOINTS)


async def test_a_named_port_may_differ_from_pod_to_pod(machine):
    await machine.create(NODE, {"metadata": {"name": "node-1"}})
    ports = [{"name": "http", "port": 80, "targetPort": "web", "protocol": "TCP"}]
    async with running(machine, EVERYBODY, Kubelet()):
        await machine.create(SERVICE, service(ports=ports))
        for name, number in (("old", 8080), ("new", 9090), ("without", 0)):
            container = {"name": "c", "image": "v1"}
            if number:
                container["ports"] = [{"name": "web", "containerPort": number, "protocol": "TCP"}]
            meta = {"name": name, "namespace": "default", "labels": {"app": "web"}}
            await machine.create(POD, {"metadata": meta, "spec": {"containers": [container]}})
        await asyncio.sleep(10)
        slices = await machine.all(ENDPOINTSLICE)
        endpoints = await machine.get(ENDPOINTS, "default", "web")
    found = {s["ports"][0]["port"] if s["ports"] else None: len(s["endpoints"]) for s in slices}
    assert found == {8080: 1, 9090: 1, None: 1}
    assert sorted(s["ports"][0]["port"] for s in endpoints["subsets"]) == [8080, 9090]


async def test_a_headless_service_is_marked_and_names_its_pods(machine):
    await machine.create(NODE, {"metadata": {"name": "node-1"}})
    async with running(machine, EVERYBODY, Kubelet()):
        await machine.create(SERVICE, service(clusterIP="None", publishNotReadyAddresses=True))
        meta = {"name": "a", "namespace": "default", "labels": {"app": "web"}}
        spec = {"containers": [{"name": "c", "image": "v1"}], "hostname": "a", "subdomain": "web"}
        await machine.create(POD, {"metadata": meta, "spec": spec})
        await asyncio.sleep(1)
        (endpoint_slice,) = await machine.all(ENDPOINTSLICE)
    assert endpoint_slice["metadata"]["labels"]["service.kubernetes.io/headless"] == ""
    (endpoint,) = endpoint_slice["endpoints"]
    assert endpoint["hostname"] == "a"
    assert endpoint["conditions"] == {"ready": True, "serving": False, "terminating": False}


async def test_endpoints_made_by_hand_are_mirrored(machine):
    await machine.create(NODE, {"metadata": {"name": "node-1"}})
    async with running(machine, EVERYBODY):
        await machine.create(SERVICE, service(selector=None))
        subset = {"addresses": [{"ip": "192.0.2.1"}], "ports": [{"name": "http", "port": 80}]}
        meta = {"name": "web", "namespace": "default"}
        await machine.create(ENDPOINTS, {"metadata": meta, "subsets": [subset]})
        await asyncio.sleep(1)
        (mirror,) = await machine.all(ENDPOINTSLICE)
        assert [e["addresses"] for e in mirror["endpoints"]] == [["192.0.2.1"]]
        assert get(mirror, "metadata.labels")["endpointslice.kubernetes.io/managed-by"] == (
            "endpointslicemirroring-controller.k8s.io"
        )
        subset["addresses"].append({"ip": "192.0.2.2"})
        await machine.patch(ENDPOINTS, reference("default", "web"), {"subsets": [subset]})
        await asyncio.sleep(1)
        (again,) = await machine.all(ENDPOINTSLICE)
        assert len(again["endpoints"]) == 2
        assert again["metadata"]["uid"] == mirror["metadata"]["uid"]
        await machine.patch(
            SERVICE, reference("default", "web"), {"spec": {"selector": {"a": "b"}}}
        )
        await asyncio.sleep(1)
        managers = {
            s["metadata"]["labels"]["endpointslice.kubernetes.io/managed-by"]
            for s in await machine.all(ENDPOINTSLICE)
        }
        assert managers == {"endpointslice-controller.k8s.io"}
