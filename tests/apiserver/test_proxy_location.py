"""Where proxied requests may go."""

import pytest

from onggi.api.errors import BadRequest, ServiceUnavailable
from onggi.apiserver.proxy_location import (
    Asked,
    Location,
    asked,
    is_reachable,
    of_pod,
    of_service,
    port_name,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("web", Asked("", "web", "")),
        ("web:80", Asked("", "web", "80")),
        ("https:web:http", Asked("https", "web", "http")),
        ("http:web:", Asked("http", "web", "")),
    ],
)
def test_a_name_may_bring_scheme_and_port(text, found):
    assert asked(text, "service") == found


@pytest.mark.parametrize("text", ["", ":80", "ftp:web:80", "a:b:c:d", "https::80"])
def test_other_names_are_refused(text):
    with pytest.raises(BadRequest, match=f'invalid service request "{text}"'):
        asked(text, "service")


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "169.254.169.254", "fe80::1", "", "0.0.0.0"]
)
def test_the_host_itself_is_not_reached(address):
    assert not is_reachable(address)
    with pytest.raises(BadRequest, match="address not allowed"):
        of_pod({"spec": {}, "status": {"podIP": address}}, Asked("", "web", "80"))


def test_a_pods_first_declared_port_is_meant():
    containers = [{"name": "a"}, {"name": "b", "ports": [{"containerPort": 8080}]}]
    pod = {"spec": {"containers": containers}, "status": {"podIP": "10.0.0.2"}}
    assert of_pod(pod, Asked("", "web", "")) == Location("http", "10.0.0.2", "8080")
    assert of_pod(pod, Asked("https", "web", "1")).netloc == "10.0.0.2:1"
    assert Location("http", "fd00::1", "80").netloc == "[fd00::1]:80"


def test_a_number_is_one_of_the_services_ports():
    service = {"spec": {"ports": [{"port": 80, "name": "http"}, {"port": 81}]}}
    assert port_name(service, Asked("", "web", "80")) == "http"
    assert port_name(service, Asked("", "web", "81")) == ""
    assert port_name(service, Asked("", "web", "http")) == "http"
    with pytest.raises(ServiceUnavailable, match='no service port 82 found for service "web"'):
        port_name(service, Asked("", "web", "82"))


def test_only_the_own_addresses_of_ready_pods_count():
    def endpoint(address, pod="web", **more):
        return {"addresses": [address], "targetRef": {"kind": "Pod", "name": pod}, **more}

    found = {
        "metadata": {"namespace": "default"},
        "ports": [{"name": "http", "port": 8080}, {"name": "other", "port": 1}],
        "endpoints": [
            endpoint("10.0.0.2"),
            endpoint("10.0.0.3"),
            endpoint("10.0.0.2", conditions={"ready": False}),
            endpoint("10.0.0.2", pod="gone"),
            {"addresses": ["10.0.0.2"]},
        ],
    }
    pods = {"web": {"status": {"podIPs": [{"ip": "10.0.0.2"}]}}}
    places = of_service([found], "http", Asked("", "web", ""), lambda ns, name: pods.get(name))
    assert places == [Location("http", "10.0.0.2", "8080")]
