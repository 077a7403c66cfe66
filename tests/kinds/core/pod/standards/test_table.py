"""The pod security standards, check by check."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.kinds.core.pod.standards import LATEST, evaluate
from onggi.kinds.core.pod.standards.table import CHECKS, judges

SAFE = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
OTHER = {"name": "d", "image": "x", "securityContext": SAFE}


def spec(context=None, pod=None, container=None, **more):
    own = {"name": "c", "image": "x", "securityContext": SAFE | (context or {})}
    return {"containers": [own | (container or {}), OTHER], "securityContext": pod or {}, **more}


def said(level, pod, minor=LATEST, **meta):
    return [str(verdict) for verdict in evaluate(level, minor, meta, pod)]


BASELINE = [
    (spec(hostPID=True, hostIPC=True), "host namespaces (hostPID=true, hostIPC=true)"),
    (
        spec(volumes=[{"name": "v", "hostPath": {"path": "/"}}]),
        'hostPath volumes (volume "v")',
    ),
    (
        spec(container={"ports": [{"hostPort": 80}, {"hostPort": 443}]}),
        'hostPort (container "c" uses hostPorts 443, 80)',
    ),
    (
        spec({"privileged": True}),
        'privileged (container "c" must not set securityContext.privileged=true)',
    ),
    (
        spec({"capabilities": {"add": ["NET_ADMIN", "CHOWN"]}}),
        'non-default capabilities (container "c" must not include "NET_ADMIN" in '
        "securityContext.capabilities.add)",
    ),
    (
        spec({"procMount": "Unmasked"}),
        'procMount (container "c" must not set securityContext.procMount to "Unmasked")',
    ),
    (
        spec({"seLinuxOptions": {"type": "x", "user": "u"}}, {"seLinuxOptions": {"role": "r"}}),
        'seLinuxOptions (pod and container "c" set forbidden securityContext.seLinuxOptions: '
        'type "x"; user may not be set; role may not be set)',
    ),
    (
        spec({"seccompProfile": {"type": "Unconfined"}}),
        'seccompProfile (container "c" must not set securityContext.seccompProfile.type to '
        '"Unconfined")',
    ),
    (spec(pod={"sysctls": [{"name": "kernel.msgmax"}]}), "forbidden sysctls (kernel.msgmax)"),
    (
        spec(pod={"windowsOptions": {"hostProcess": True}}),
        "hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)",
    ),
    (
        spec({"appArmorProfile": {"type": "Unconfined"}}),
        'forbidden AppArmor profile (container "c" must not set AppArmor profile type to '
        '"Unconfined")',
    ),
    (
        spec(container={"livenessProbe": {"httpGet": {"host": "h", "port": 1}}}),
        'probe or lifecycle host (container "c" uses probe or lifecycle host "h")',
    ),
]


@pytest.mark.parametrize(("pod", "words"), BASELINE)
def test_the_baseline(pod, words):
    assert said("baseline", pod) == [words]
    assert said("privileged", pod) == []
    assert said("restricted", pod) != []


RESTRICTED = [
    (
        spec(volumes=[{"name": "v", "nfs": {}}, {"name": "w", "emptyDir": {}}]),
        'restricted volume types (volume "v" uses restricted volume type "nfs")',
    ),
    (
        spec({"runAsNonRoot": False}),
        'runAsNonRoot != true (container "c" must not set securityContext.runAsNonRoot=false)',
    ),
    (
        spec({"runAsUser": 0}, {"runAsUser": 0}),
        'runAsUser=0 (pod and container "c" must not set runAsUser=0)',
    ),
    (
        spec({"capabilities": {"add": ["CHOWN"]}}),
        'unrestricted capabilities (container "c" must set '
        'securityContext.capabilities.drop=["ALL"]; container "c" must not include "CHOWN" in '
        "securityContext.capabilities.add)",
    ),
]


@pytest.mark.parametrize(("pod", "words"), RESTRICTED)
def test_what_is_restricted_beyond_that(pod, words):
    assert said("restricted", pod) == [words]
    assert said("baseline", pod) == []


def test_a_pod_that_asks_for_nothing_passes():
    assert said("restricted", spec()) == []


def test_a_version_judges_as_it_did_then():
    keepalive = spec(pod={"sysctls": [{"name": "net.ipv4.tcp_keepalive_time"}]})
    assert said("baseline", keepalive, 28) != []
    assert said("baseline", keepalive, 29) == []
    assert said("restricted", spec({"allowPrivilegeEscalation": True}), 7) == []
    old = "seccomp.security.alpha.kubernetes.io/pod"
    annotated = {old: "unconfined"}
    assert said("baseline", spec(), 18, annotations=annotated) == [
        f'seccompProfile (forbidden annotation {old}="unconfined")'
    ]
    assert said("baseline", spec(), 19, annotations=annotated) == []


def test_root_in_a_namespace_of_its_own_is_nobody():
    assert said("restricted", spec({"runAsUser": 0, "runAsNonRoot": False}, hostUsers=False)) == []


@given(minor=st.integers(0, LATEST + 5))
def test_restricted_is_never_less_than_the_baseline(minor):
    """Each baseline check is there, or one that takes its place."""
    for pod, _ in BASELINE:
        if said("baseline", pod, minor):
            assert said("restricted", pod, minor)


def test_checks_are_in_the_order_of_their_names():
    assert [check.id for check in CHECKS] == sorted(check.id for check in CHECKS)
    assert len(judges("restricted", LATEST)) == len(CHECKS) - 4
