"""What a new cluster has."""

from ipaddress import IPv4Network

from onggi.apiserver.config import ApiConfig
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.endpoints import ENDPOINTS
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.service import SERVICE
from onggi.kinds.discovery.endpointslice import ENDPOINTSLICE
from onggi.kinds.flowcontrol.flowschema import FLOWSCHEMA
from onggi.kinds.flowcontrol.prioritylevelconfiguration import PRIORITYLEVELCONFIGURATION as LEVEL
from onggi.kinds.networking.servicecidr import SERVICECIDR
from onggi.kinds.rbac.clusterrole import CLUSTERROLE
from onggi.kinds.scheduling.priorityclass import PRIORITYCLASS
from onggi.store.memory import MemoryStore
from tests.apiserver.world import client, server

CONFIG = ApiConfig(
    services=IPv4Network("10.50.0.0/16"), address="192.0.2.7", port=6443, client_ca="PEM"
)


async def started(store=None, config=CONFIG):
    running = server(store, config=config)
    await running.start()
    return client(running)


async def test_a_new_cluster_has_what_everybody_counts_on():
    cluster = await started()
    names = {n["metadata"]["name"] for n in (await cluster.list(NAMESPACE)).items}
    assert names == {"default", "kube-system", "kube-public", "kube-node-lease"}
    classes = {c["metadata"]["name"] for c in (await cluster.list(PRIORITYCLASS)).items}
    assert classes == {"system-node-critical", "system-cluster-critical"}
    service = await cluster.get(SERVICE, "default", "kubernetes")
    assert service["spec"]["clusterIP"] == "10.50.0.1"
    endpoints = await cluster.get(ENDPOINTS, "default", "kubernetes")
    assert endpoints["subsets"][0]["addresses"] == [{"ip": "192.0.2.7"}]
    found = await cluster.get(ENDPOINTSLICE, "default", "kubernetes")
    assert found["endpoints"][0]["addresses"] == ["192.0.2.7"]
    assert await cluster.get(CLUSTERROLE, "", "cluster-admin")
    trust = await cluster.get(CONFIGMAP, "kube-system", "extension-apiserver-authentication")
    assert trust["data"] == {"client-ca-file": "PEM"}


async def test_a_new_cluster_shares_its_attention_and_says_where_addresses_come_from():
    cluster = await started()
    levels = {level["metadata"]["name"] for level in (await cluster.list(LEVEL)).items}
    assert levels >= {"exempt", "catch-all", "system", "workload-low"}
    assert len((await cluster.list(FLOWSCHEMA)).items) == 11
    network = await cluster.get(SERVICECIDR, "", "kubernetes")
    assert network["spec"] == {"cidrs": ["10.50.0.0/16"]}
    (ready,) = network["status"]["conditions"]
    assert (ready["type"], ready["status"]) == ("Ready", "True")


async def test_a_second_start_writes_nothing():
    store = MemoryStore()
    await started(store)
    before = store.revision
    await started(store)
    assert store.revision == before


async def test_a_new_address_is_put_right():
    store = MemoryStore()
    await started(store)
    moved = ApiConfig(services=CONFIG.services, address="192.0.2.8", client_ca="PEM")
    cluster = await started(store, moved)
    endpoints = await cluster.get(ENDPOINTS, "default", "kubernetes")
    assert endpoints["subsets"][0]["addresses"] == [{"ip": "192.0.2.8"}]


async def test_an_address_that_no_pod_could_reach_is_not_announced():
    cluster = await started(config=ApiConfig(address="127.0.0.1"))
    assert (await cluster.list(ENDPOINTS)).items == []
