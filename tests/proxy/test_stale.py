from onggi.proxy.ledger import Ledger
from onggi.proxy.rules import Place, service_part
from onggi.proxy.stale import Stale, arguments, stale_flows
from tests.proxy.objects import endpoint, endpoints, service

UDP = [{"name": "", "port": 53, "protocol": "UDP"}]
PORTS = [{"port": 53, "protocol": "UDP", "nodePort": 30053}]


def part(*ips):
    slices = [endpoints(*(endpoint(ip) for ip in ips), ports=UDP)]
    return service_part(service(ports=PORTS), slices, Place("me"))


def test_flows_to_an_endpoint_that_went_are_stale_at_every_door():
    ledger = Ledger()
    ledger.replace("s", part("10.244.0.2", "10.244.0.3"))
    changes = ledger.replace("s", part("10.244.0.3"))
    assert stale_flows(changes) == {
        Stale("10.96.0.7", "53", "10.244.0.2"),
        Stale("", "30053", "10.244.0.2"),
    }


def test_flows_from_before_the_first_endpoint_are_stale():
    ledger = Ledger()
    ledger.replace("s", part())
    assert stale_flows(ledger.replace("s", part("10.244.0.3"))) == {
        Stale("10.96.0.7", "53", "10.96.0.7")
    }


def test_tcp_needs_nothing():
    ledger = Ledger()
    ledger.replace("s", service_part(service(), [endpoints(endpoint("10.244.0.2"))], Place("me")))
    assert stale_flows(ledger.replace("s", {})) == set()


def test_the_port_of_the_host_has_no_address():
    assert arguments(Stale("", "30053", "1.2.3.4")) == [
        "-D", "-p", "udp", "--orig-port-dst", "30053", "--reply-src", "1.2.3.4",
    ]  # fmt: skip
