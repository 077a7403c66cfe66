"""DefaultTolerationSeconds."""

import pytest

from tests.apiserver.world import ask, pod

PODS = "/api/v1/namespaces/default/pods"


async def tolerations(running, *given):
    _, body = await ask(running, "POST", PODS, pod(tolerations=list(given)))
    return body["spec"]["tolerations"]


async def test_a_pod_outlives_trouble_by_five_minutes(running, cluster):
    assert await tolerations(running) == [
        {
            "key": f"node.kubernetes.io/{trouble}",
            "operator": "Exists",
            "effect": "NoExecute",
            "tolerationSeconds": 300,
        }
        for trouble in ("not-ready", "unreachable")
    ]


@pytest.mark.parametrize(
    "given",
    [
        {"operator": "Exists"},
        {"operator": "Exists", "effect": "NoExecute"},
    ],
)
async def test_a_pod_that_tolerates_everything_gets_nothing(running, cluster, given):
    assert await tolerations(running, given) == [given]


async def test_what_a_pod_says_itself_stands(running, cluster):
    given = {
        "key": "node.kubernetes.io/not-ready",
        "operator": "Exists",
        "effect": "NoExecute",
        "tolerationSeconds": 5,
    }
    found = await tolerations(running, given)
    assert found[0] == given
    assert [t["key"] for t in found[1:]] == ["node.kubernetes.io/unreachable"]
