"""What a container may do, seen from inside."""

from tests.e2e.manifests import container, once, pod
from tests.e2e.platform import Space

CAPABILITIES = "grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status | cut -f2"
NET_BIND, CHOWN = 1 << 10, 1 << 0


def said_by(
    space: Space, script: str, security: dict[str, object], **pod_spec: object
) -> list[str]:
    main = container(script, securityContext=security)
    return space.ends(pod("seen", main, restartPolicy="Never", **pod_spec))[0].split()


def test_the_usual_container_has_few_capabilities(space: Space) -> None:
    effective, no_new, seccomp = said_by(space, CAPABILITIES, {})
    assert effective == "00000000a80425fb"
    assert (no_new, seccomp) == ("0", "0")


def test_capabilities_are_dropped_and_added(space: Space) -> None:
    few = {"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE", "CHOWN"]}}
    assert int(said_by(space, CAPABILITIES, few)[0], 16) == NET_BIND | CHOWN


def test_no_new_privileges_and_seccomp(space: Space) -> None:
    strict = {"allowPrivilegeEscalation": False, "seccompProfile": {"type": "RuntimeDefault"}}
    assert said_by(space, CAPABILITIES, strict)[1:] == ["1", "2"]


def test_users_and_groups(space: Space) -> None:
    security = {"runAsUser": 1000, "runAsGroup": 1000, "runAsNonRoot": True}
    assert said_by(space, "id -u; id -g", security) == ["1000", "1000"]


def test_root_is_refused_where_it_must_not_be(space: Space) -> None:
    space.apply(pod("root", container(securityContext={"runAsNonRoot": True})))
    waiting = ".status.containerStatuses[0].state.waiting"
    space.wait("pod/root", f"jsonpath={{{waiting}.reason}}=CreateContainerConfigError")
    message = space.field("pod/root", f"{waiting}.message")
    assert message.startswith("container has runAsNonRoot and image will run as root")


def test_a_read_only_root(space: Space) -> None:
    script = "touch /x 2>/dev/null || echo refused; touch /t/x && echo allowed"
    main = container(
        script,
        securityContext={"readOnlyRootFilesystem": True},
        volumeMounts=[{"name": "t", "mountPath": "/t"}],
    )
    volumes = [{"name": "t", "emptyDir": {}}]
    [said] = space.ends(pod("ro", main, volumes=volumes, restartPolicy="Never"))
    assert said.split() == ["refused", "allowed"]


def test_a_privileged_container_has_what_the_host_has(space: Space) -> None:
    effective = said_by(space, CAPABILITIES, {"privileged": True})[0]
    assert int(effective, 16) > int("00000000a80425fb", 16)


def test_the_host_network_is_the_hosts(space: Space) -> None:
    [said] = space.ends(once("net", "hostname; ls /sys/class/net", hostNetwork=True))
    assert space.platform.node in said.split()[0].lower()
    assert "lo" in said.split()
    assert any(word.startswith("onggi-") for word in said.split())


def test_names_and_hosts_inside_a_pod(space: Space) -> None:
    aliases = [{"ip": "192.0.2.7", "hostnames": ["far.example"]}]
    script = "hostname; hostname -f; getent hosts far.example 2>/dev/null || grep far /etc/hosts"
    [said] = space.ends(
        once("named", script, hostname="jar", subdomain="yard", hostAliases=aliases)
    )
    assert said.split()[:2] == ["jar", f"jar.yard.{space.name}.svc.cluster.local"]
    assert "192.0.2.7" in said
