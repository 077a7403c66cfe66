from onggi.node.hosts import hosts_file, hosts_file_of_node
from tests.node.pods import pod

ALIASES = [{"ip": "1.2.3.4", "hostnames": ["a", "b.example"]}]


def test_a_pod_finds_itself_by_name() -> None:
    text = hosts_file(pod(), ("10.0.0.5", "fd00::5"), "web", "")
    assert text.startswith("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n")
    assert text.endswith("fe00::2\tip6-allrouters\n10.0.0.5\tweb\nfd00::5\tweb\n")


def test_a_subdomain_gives_a_whole_name() -> None:
    text = hosts_file(pod(), ("10.0.0.5",), "web", "sub.shop.svc.cluster.local")
    assert "10.0.0.5\tweb.sub.shop.svc.cluster.local\tweb\n" in text


def test_aliases_come_last() -> None:
    text = hosts_file(pod(hostAliases=ALIASES), ("10.0.0.5",), "web", "")
    assert text.endswith("\n\n# Entries added by HostAliases.\n1.2.3.4\ta\tb.example\n")


def test_on_the_hosts_network_the_hosts_file_is_copied() -> None:
    text = hosts_file_of_node(pod(hostAliases=ALIASES), "127.0.0.1 localhost\n")
    assert text.startswith("# Kubernetes-managed hosts file (host network).\n127.0.0.1 localhost\n")
    assert text.endswith("1.2.3.4\ta\tb.example\n")
