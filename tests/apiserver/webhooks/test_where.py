"""The way to a webhook: by URL, or by Service to its endpoints."""

from base64 import b64encode
from types import SimpleNamespace
from typing import Any

import pytest

from onggi.api.errors import NotFound, ServiceUnavailable
from onggi.apiserver.webhooks.where import addresses, of_client_config
from onggi.kinds.core.service import SERVICE

TO_SERVICE = {"service": {"namespace": "n", "name": "s", "port": 443, "path": "/p"}}


def service(**spec: Any) -> Any:
    return {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 443, "name": "h"}], **spec}}


def piece(*ips: str, name: str = "s", port: str = "h", **conditions: bool) -> Any:
    return {
        "metadata": {"labels": {"kubernetes.io/service-name": name}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": [ip], "conditions": conditions} for ip in ips],
        "ports": [{"name": port, "port": 8443, "protocol": "TCP"}],
    }


def world(found: Any, *slices: Any) -> Any:
    return SimpleNamespace(
        get=lambda kind, namespace, name: found if kind is SERVICE else None,
        list=lambda kind, namespace: slices,
    )


def test_a_url_is_taken_as_it_is() -> None:
    bundle = b64encode(b"PEM").decode()
    where = of_client_config({"url": "https://h.example.com/a/b", "caBundle": bundle})
    assert (where.host, where.port, where.path) == ("h.example.com", 443, "/a/b")
    assert (where.url, where.trust) == ("https://h.example.com/a/b", "PEM")
    assert addresses(world(None), where) == [("h.example.com", 443)]
    assert of_client_config({"url": "https://[::1]:8443"}).host == "::1"


def test_a_service_is_named_as_its_certificate_and_reached_at_its_endpoints() -> None:
    where = of_client_config(TO_SERVICE)
    assert (where.host, where.url) == ("s.n.svc", "https://s.n.svc:443/p")
    slices = [
        piece("10.0.0.1", "10.0.0.2"),
        piece("10.0.0.3", name="x"),
        piece("10.0.0.4", port="m"),
    ]
    found = addresses(world(service(), *slices), where)
    assert sorted(found) == [("10.0.0.1", 8443), ("10.0.0.2", 8443)]


def test_an_external_name_is_gone_to() -> None:
    external = service(type="ExternalName", externalName="api.example.com")
    assert addresses(world(external), of_client_config(TO_SERVICE)) == [("api.example.com", 443)]


@pytest.mark.parametrize(
    ("found", "slices", "error", "message"),
    [
        (None, [], NotFound, 'services "s" not found'),
        (service(ports=[{"port": 80}]), [], ServiceUnavailable, "no service port 443 found for"),
        (service(), [], ServiceUnavailable, 'no endpoints available for service "s"'),
        (service(), [piece("10.0.0.1", ready=False)], ServiceUnavailable, "no endpoints availab"),
    ],
)
def test_what_leads_nowhere_is_named(found: Any, slices: Any, error: Any, message: str) -> None:
    with pytest.raises(error) as refused:
        addresses(world(found, *slices), of_client_config(TO_SERVICE))
    assert refused.value.message.startswith(message)
