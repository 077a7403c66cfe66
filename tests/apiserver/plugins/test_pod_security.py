"""PodSecurity: labels of a namespace, and what they mean for its pods."""

import msgspec
import pytest

from onggi.api.http import Request
from onggi.apiserver.plugins.pod_security import Level, by_controller, existing, read
from onggi.kinds.core.pod import POD
from tests.apiserver.world import ADMIN, ask, pod

PODS = "/api/v1/namespaces/default/pods"
NAMESPACE = "/api/v1/namespaces/default"
PREFIX = "pod-security.kubernetes.io/"
MERGE = {"content_type": "application/merge-patch+json"}
SAFE = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


async def label(running, **labels):
    named = {PREFIX + key.replace("_", "-"): value for key, value in labels.items()}
    return await ask(running, "PATCH", NAMESPACE, {"metadata": {"labels": named}}, **MERGE)


def safe(name="safe"):
    body = pod(name)
    body["spec"]["containers"][0]["securityContext"] = SAFE
    return body


async def test_a_pod_that_breaks_the_standard_is_refused(running, cluster):
    await label(running, enforce="restricted")
    code, body = await ask(running, "POST", PODS, pod())
    assert code == 403
    assert body["message"] == (
        'pods "web" is forbidden: violates PodSecurity "restricted:latest": '
        'allowPrivilegeEscalation != false (container "main" must set '
        "securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "
        '"main" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or '
        'container "main" must set securityContext.runAsNonRoot=true), seccompProfile (pod or '
        'container "main" must set securityContext.seccompProfile.type to "RuntimeDefault" or '
        '"Localhost")'
    )
    assert (await ask(running, "POST", PODS, safe()))[0] == 201


async def test_without_labels_everything_goes(running, cluster):
    assert (await ask(running, "POST", PODS, pod(hostNetwork=True)))[0] == 201


async def test_what_makes_pods_is_let_in_with_a_warning(running, cluster):
    await label(running, enforce="baseline", enforce_version="v1.30")
    template = {"metadata": {"labels": {"a": "b"}}, "spec": pod(hostPID=True)["spec"]}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    body = {"metadata": {"name": "d"}, "spec": spec}
    path = "/apis/apps/v1/namespaces/default/deployments"
    request = Request(method="POST", path=path, body=msgspec.json.encode(body), user=ADMIN)
    answer = await running.handle(request)
    assert answer.status == 201
    assert answer.headers["Warning"] == (
        '299 - "would violate PodSecurity \\"baseline:v1.30\\": host namespaces (hostPID=true)"'
    )


async def test_labels_that_cannot_be_read_are_refused(running, cluster):
    code, body = await label(running, enforce="strict", warn_version="1.30")
    assert code == 422
    assert [cause["message"] for cause in body["details"]["causes"]] == [
        'Invalid value: "strict": must be one of privileged, baseline, restricted',
        'Invalid value: "1.30": must be "latest" or "v1.x"',
    ]


@pytest.mark.parametrize(
    ("labels", "enforce", "warn"),
    [
        ({}, "privileged:latest", "privileged:latest"),
        ({"enforce": "baseline"}, "baseline:latest", "baseline:latest"),
        ({"enforce": "baseline", "enforce-version": "v1.5"}, "baseline:v1.5", "baseline:v1.5"),
        ({"enforce": "baseline", "warn": "restricted"}, "baseline:latest", "restricted:latest"),
        ({"enforce": "restricted", "warn": "baseline"}, "restricted:latest", "baseline:latest"),
        ({"enforce": "nonsense", "warn": "nonsense"}, "restricted:latest", "privileged:latest"),
    ],
)
def test_who_asks_for_a_level_is_warned_at_that_level(labels, enforce, warn):
    policy, _ = read({PREFIX + key: value for key, value in labels.items()})
    assert (str(policy.enforce), str(policy.warn)) == (enforce, warn)


def running_pod(name, owner="", **spec):
    made = pod(name, **spec)
    if owner:
        made["metadata"]["ownerReferences"] = [{"uid": owner, "controller": True}]
    return made


def test_pods_that_run_already_are_named_once_for_each_reason():
    pods = [running_pod(n, hostPID=True) for n in ("b", "a", "c")] + [running_pod("fine")]
    assert existing(pods, "ns", Level("baseline", "latest")) == [
        'existing pods in namespace "ns" violate the new PodSecurity enforce level '
        '"baseline:latest"',
        "a (and 2 other pods): host namespaces",
    ]
    assert existing(pods[-1:], "ns", Level("baseline", "latest")) == []


def test_one_pod_of_each_controller_comes_first():
    pods = [running_pod(n, o) for n, o in (("a", "x"), ("b", "x"), ("c", "y"), ("d", ""))]
    assert [p["metadata"]["name"] for p in by_controller(pods)] == ["a", "c", "d", "b"]


async def test_a_change_that_matters_not_is_not_judged_again(running, cluster):
    await cluster.create(POD, pod())
    await label(running, enforce="restricted")
    patch = {"metadata": {"labels": {"a": "b"}}}
    assert (await ask(running, "PATCH", f"{PODS}/web", patch, **MERGE))[0] == 200
    patch = {"spec": {"containers": [{"name": "main", "image": "example.com/app:2"}]}}
    code, body = await ask(
        running, "PATCH", f"{PODS}/web", patch,
        content_type="application/strategic-merge-patch+json",
    )  # fmt: skip
    assert code == 403, body
