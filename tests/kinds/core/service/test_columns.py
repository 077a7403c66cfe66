from typing import Any

import pytest

from onggi.kinds.core.service import SERVICE
from tests.kinds.samples import created
from tests.world import NOW


def cells(service: dict[str, Any]) -> dict[str, Any]:
    return {c.name: c.value(service, NOW) for c in SERVICE.columns if callable(c.value)}


@pytest.mark.parametrize(
    ("spec", "points", "expected"),
    [
        ({}, [], "<none>"),
        ({"externalIPs": ["192.0.2.1", "192.0.2.2"]}, [], "192.0.2.1,192.0.2.2"),
        ({"type": "LoadBalancer"}, [], "<pending>"),
        ({"type": "LoadBalancer", "externalIPs": ["192.0.2.1"]},
         [{"ip": "192.0.2.9"}, {"hostname": "a"}], "192.0.2.9,a,192.0.2.1"),
        ({"type": "ExternalName", "externalName": "a.example.com"}, [], "a.example.com"),
    ],
)  # fmt: skip
def test_the_external_address(spec: dict[str, Any], points: list[Any], expected: str) -> None:
    service = created(SERVICE, **spec)
    service["status"] = {"loadBalancer": {"ingress": points}}
    assert cells(service)["External-IP"] == expected


def test_ports_show_their_node_ports() -> None:
    ports = [{"name": "a", "port": 80, "nodePort": 30080}, {"name": "b", "port": 53,
             "protocol": "UDP"}]  # fmt: skip
    found = cells(created(SERVICE, type="NodePort", ports=ports, clusterIP="10.96.0.7"))
    assert found["Port(s)"] == "80:30080/TCP,53/UDP"
    assert found["Cluster-IP"] == "10.96.0.7"
    assert found["Selector"] == "app=web"
