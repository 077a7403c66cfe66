"""Onggi's own commands on a platform that runs."""

import json

from tests.e2e.manifests import ingress, path, pod, rule, server, service
from tests.e2e.platform import ONGGI, TOOLS, Platform, Space, must, run


def test_status_shows_components_node_pods_and_ports(space: Space) -> None:
    platform, host = space.platform, f"{space.name}.example"
    space.run(pod("web", server()), service("web", type="NodePort"))
    space.apply(ingress("web", rule(host, path("web"))))
    space.wait("ingress/web", "jsonpath={.status.loadBalancer.ingress[0].ip}=127.0.0.1")
    told = must(platform.onggi("status"))
    node_port = space.field("svc/web", ".spec.ports[0].nodePort")
    for word in ("containerd", "envoy", platform.node, host, node_port):
        assert word in told
    for port in (platform.port, platform.http_port):
        assert str(port) in told


def test_doctor_finds_nothing_to_mend_where_it_runs(platform: Platform) -> None:
    told = platform.onggi("doctor")
    assert told.returncode == 0, told.stdout
    assert "✗" not in told.stdout


def test_kubectl_needs_no_configuration(platform: Platform) -> None:
    done = run(ONGGI, "kubectl", "--data", str(platform.data), "get", "nodes", "-o", "json")
    assert json.loads(must(done))["items"][0]["metadata"]["name"] == platform.node


def test_logs_of_each_component(platform: Platform) -> None:
    assert "containerd" in must(platform.onggi("logs", "containerd"))
    assert must(platform.onggi("logs", "onggi"))
    assert platform.onggi("logs", "nobody").returncode != 0


def test_images_are_listed_with_who_uses_them(space: Space) -> None:
    space.run(pod("user"))
    rows = must(space.platform.onggi("image", "list")).splitlines()
    [tools] = [row for row in rows if row.startswith(TOOLS)]
    assert tools.split()[-1] == "yes"


def test_a_second_up_says_that_it_runs(platform: Platform) -> None:
    told = platform.up()
    assert "runs already" in told
    assert str(platform.kubeconfig) in told


def test_the_kubeconfig_is_its_owners_alone(platform: Platform) -> None:
    assert platform.kubeconfig.stat().st_mode & 0o777 == 0o600
    secret = [*platform.data.glob("pki/*.key"), *platform.data.glob("store/*")]
    assert secret
    for file in secret:
        assert file.stat().st_mode & 0o077 == 0 or file.parent.stat().st_mode & 0o077 == 0


def test_nothing_listens_beyond_loopback_and_the_bridge(platform: Platform) -> None:
    mine = {platform.pid, platform.child("containerd"), platform.child("envoy")}
    lines = must(run("ss", "-Hltnp")).splitlines()
    own = [line.split()[3] for line in lines if any(f"pid={pid}," in line for pid in mine)]
    assert own
    inside = (platform.settings["service_network"], platform.settings["pod_network"])
    allowed = ("127.0.0.", *(network.rsplit(".", 2)[0] + "." for network in inside))
    assert [address for address in own if not address.startswith(allowed)] == []
