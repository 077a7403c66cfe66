from onggi.node.service_links import service_links
from tests.node.pods import service


def test_a_service_gives_the_variables_of_kubernetes_and_of_docker_links() -> None:
    found = service_links([service("my-db")], "shop", enabled=True)
    assert found == {
        "MY_DB_SERVICE_HOST": "10.96.1.2",
        "MY_DB_SERVICE_PORT": "80",
        "MY_DB_SERVICE_PORT_HTTP": "80",
        "MY_DB_SERVICE_PORT_DNS": "53",
        "MY_DB_PORT": "tcp://10.96.1.2:80",
        "MY_DB_PORT_80_TCP": "tcp://10.96.1.2:80",
        "MY_DB_PORT_80_TCP_PROTO": "tcp",
        "MY_DB_PORT_80_TCP_PORT": "80",
        "MY_DB_PORT_80_TCP_ADDR": "10.96.1.2",
        "MY_DB_PORT_53_UDP": "udp://10.96.1.2:53",
        "MY_DB_PORT_53_UDP_PROTO": "udp",
        "MY_DB_PORT_53_UDP_PORT": "53",
        "MY_DB_PORT_53_UDP_ADDR": "10.96.1.2",
    }


def test_only_the_pods_namespace_and_the_api_itself_are_seen() -> None:
    services = [service("api", "other"), service("kubernetes", "default"), service("db")]
    hosts = {k for k in service_links(services, "shop", enabled=True) if k.endswith("_HOST")}
    assert hosts == {"KUBERNETES_SERVICE_HOST", "DB_SERVICE_HOST"}
    hosts = {k for k in service_links(services, "shop", enabled=False) if k.endswith("_HOST")}
    assert hosts == {"KUBERNETES_SERVICE_HOST"}


def test_headless_services_give_nothing() -> None:
    assert service_links([service("db", clusterIP="None")], "shop", enabled=True) == {}


def test_ipv6_addresses_are_bracketed_in_urls() -> None:
    found = service_links([service("db", clusterIP="fd00::1")], "shop", enabled=True)
    assert found["DB_PORT"] == "tcp://[fd00::1]:80"
