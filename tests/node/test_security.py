from pathlib import Path

import pytest

from onggi.node.configs import Namespace, Namespaces, Profile, SecurityProfile
from onggi.node.parts import ConfigError
from onggi.node.runtime import ImageUser
from onggi.node.security import (
    Confinement,
    container_security,
    namespaces,
    sandbox_security,
    single_user,
    sysctls,
)
from tests.node.pods import main, pod

HERE = Confinement(seccomp_root=Path("/profiles"))
ROOT = ImageUser(uid=0)
WHERE = '(pod: "web_shop(0000-1111)", container: main)'


def security(own: dict | None = None, of_pod: dict | None = None, user: ImageUser = ROOT):
    one = pod({"securityContext": own or {}}, securityContext=of_pod or {})
    return container_security(one, main(one), user, HERE)


def test_the_container_overrides_the_pod() -> None:
    assert security(of_pod={"runAsUser": 5}).run_as_user == 5
    assert security({"runAsUser": 7}, {"runAsUser": 5}).run_as_user == 7


def test_without_a_word_the_images_user_is_taken() -> None:
    assert security(user=ImageUser(uid=101)).run_as_user == 101
    named = security(user=ImageUser(username="tomcat"))
    assert (named.run_as_user, named.run_as_username) == (None, "tomcat")
    assert security(user=ImageUser()).run_as_user == 0


def test_groups_are_the_volumes_group_and_the_supplemental_ones() -> None:
    found = security(of_pod={"fsGroup": 2000, "supplementalGroups": [3, 4]})
    assert found.supplemental_groups == (2000, 3, 4)
    assert found.supplemental_groups_policy == "Merge"


@pytest.mark.parametrize(
    ("own", "user", "message"),
    [
        ({"runAsUser": 0}, ROOT, "container's runAsUser breaks non-root policy"),
        ({}, ROOT, "container has runAsNonRoot and image will run as root"),
        ({}, ImageUser(), "container has runAsNonRoot and image will run as root"),
        (
            {},
            ImageUser(username="app"),
            "container has runAsNonRoot and image has non-numeric user (app), "
            "cannot verify user is non-root",
        ),
    ],
)
def test_root_is_refused_where_it_may_not_be(own: dict, user: ImageUser, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        security(own, {"runAsNonRoot": True}, user)
    assert caught.value.message == f"{message} {WHERE}"


def test_a_user_by_number_satisfies_non_root() -> None:
    assert security({"runAsUser": 1}, {"runAsNonRoot": True}).run_as_user == 1
    assert security({}, {"runAsNonRoot": True}, ImageUser(uid=8)).run_as_user == 8


def test_privileges_are_taken_as_asked() -> None:
    found = security(
        {
            "capabilities": {"add": ["NET_ADMIN"], "drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
            "allowPrivilegeEscalation": False,
        }
    )
    assert (found.add_capabilities, found.drop_capabilities) == (("NET_ADMIN",), ("ALL",))
    assert found.readonly_rootfs
    assert found.no_new_privs
    assert "/proc/kcore" in found.masked_paths
    assert not security().no_new_privs


def test_a_privileged_container_sees_everything_and_so_does_its_sandbox() -> None:
    found = security({"privileged": True})
    assert found.privileged
    assert found.masked_paths == found.readonly_paths == ()
    assert sandbox_security(pod({"securityContext": {"privileged": True}})).privileged
    assert not sandbox_security(pod()).privileged


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (None, SecurityProfile(Profile.UNCONFINED)),
        ({"type": "Unconfined"}, SecurityProfile(Profile.UNCONFINED)),
        ({"type": "RuntimeDefault"}, SecurityProfile(Profile.RUNTIME_DEFAULT)),
        (
            {"type": "Localhost", "localhostProfile": "a/b.json"},
            SecurityProfile(Profile.LOCALHOST, "/profiles/a/b.json"),
        ),
    ],
)
def test_seccomp_is_what_the_profile_says(profile: dict, expected: SecurityProfile) -> None:
    assert security(of_pod={"seccompProfile": profile}).seccomp == expected


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../x"])
def test_a_profile_cannot_be_read_from_elsewhere(name: str) -> None:
    with pytest.raises(ConfigError, match="localhostProfile"):
        security({"seccompProfile": {"type": "Localhost", "localhostProfile": name}})


def test_apparmor_that_the_host_lacks_is_refused() -> None:
    with pytest.raises(ConfigError, match="AppArmor is not enabled"):
        security({"appArmorProfile": {"type": "RuntimeDefault"}})


def test_namespaces_are_shared_as_asked() -> None:
    assert namespaces(pod()) == Namespaces()
    assert namespaces(pod(shareProcessNamespace=True)).pid is Namespace.POD
    host = namespaces(pod(hostNetwork=True, hostPID=True, hostIPC=True))
    assert {host.network, host.pid, host.ipc} == {Namespace.NODE}
    target = namespaces(pod(), "c1")
    assert (target.pid, target.target_id) == (Namespace.TARGET, "c1")


def test_sysctls_have_dots() -> None:
    one = pod(securityContext={"sysctls": [{"name": "net/ipv4/ip_local_port_range", "value": "1"}]})
    assert sysctls(one) == {"net.ipv4.ip_local_port_range": "1"}


def test_one_user_for_all_containers_is_known() -> None:
    assert single_user(pod(securityContext={"runAsUser": 5})) == 5
    assert single_user(pod()) is None
    mixed = pod({"securityContext": {"runAsUser": 1}}, initContainers=[{"name": "i"}])
    assert single_user(mixed) is None
