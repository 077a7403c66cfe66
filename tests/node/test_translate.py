from pathlib import Path

import pytest

from onggi.node.cgroups import Hierarchies
from onggi.node.configs import Dns, Mount
from onggi.node.layout import Layout
from onggi.node.parts import ConfigError, ContainerRequest
from onggi.node.runtime import ImageUser
from onggi.node.security import Confinement
from onggi.node.translate import Node, Prepared, container_config, sandbox_config
from onggi.node.translate_dns import Resolvers
from onggi.node.translate_resources import Machine
from tests.node.pods import main, pod

NODE = Node(
    layout=Layout(data=Path("/data"), run=Path("/run/o")),
    machine=Machine(memory=1 << 30),
    resolvers=Resolvers(cluster=("10.96.0.10",)),
    confinement=Confinement(seccomp_root=Path("/data/seccomp")),
    hierarchies=Hierarchies({}, None),
)


def test_a_sandbox_is_named_after_its_pod_and_the_same_each_time() -> None:
    one = pod(securityContext={"sysctls": [{"name": "net.core.somaxconn", "value": "1024"}]})
    found = sandbox_config(one, 2, NODE)
    assert (found.name, found.namespace, found.uid, found.attempt) == (
        "web",
        "shop",
        "0000-1111",
        2,
    )
    assert found.hostname == "web"
    assert found.log_directory == "/data/logs/pods/shop_web_0000-1111"
    assert found.cgroup_parent == "/onggi/besteffort/pod0000-1111"
    assert found.sysctls == {"net.core.somaxconn": "1024"}
    assert found.dns is not None
    assert found.dns.servers == ("10.96.0.10",)
    assert found.port_mappings == ()  # the proxy's nftables table does those
    assert sandbox_config(one, 2, NODE) == found


def test_on_the_hosts_network_there_is_no_hostname_of_its_own() -> None:
    found = sandbox_config(pod(hostNetwork=True), 0, NODE)
    assert found.hostname == ""
    assert found.dns == Dns()


@pytest.mark.parametrize(
    "spec",
    [
        {"runtimeClassName": "kata"},
        {"hostUsers": False},
        {"resourceClaims": [{"name": "gpu"}]},
    ],
)
def test_what_the_node_cannot_do_is_refused(spec: dict) -> None:
    with pytest.raises(ConfigError):
        sandbox_config(pod(**spec), 0, NODE)


def test_a_container_is_what_its_spec_says() -> None:
    one = pod(
        {
            "command": ["run", "$(A)", "$$(A)"],
            "args": ["$(B)"],
            "workingDir": "/work",
            "stdin": True,
            "stdinOnce": True,
            "tty": True,
            "lifecycle": {"stopSignal": "SIGINT"},
        }
    )
    request = ContainerRequest(container=main(one), image_ref="sha256:1", restart_count=3)
    mounts = [Mount(container_path="/x", host_path="/y")]
    prepared = Prepared(environment={"A": "1"}, mounts=mounts, user=ImageUser(uid=5))
    found = container_config(one, request, NODE, prepared)
    assert (found.name, found.attempt, found.image) == ("main", 3, "sha256:1")
    assert found.user_specified_image == "box"
    assert (found.command, found.args) == (("run", "1", "$(A)"), ("$(B)",))
    assert found.envs == (("A", "1"),)
    assert found.log_path == "main/3.log"
    assert (found.stdin, found.stdin_once, found.tty) == (True, True, True)
    assert (found.working_dir, found.stop_signal) == ("/work", "SIGINT")
    assert found.mounts == tuple(mounts)
    assert found.security.run_as_user == 5
