"""Evictions: deletions that budgets may refuse."""

import pytest

from tests.apiserver.world import ask, pod

NAMESPACE = "/api/v1/namespaces/default"
PODS = f"{NAMESPACE}/pods"
BUDGETS = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"


def eviction(name="web", **options):
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}}
    return body | ({"deleteOptions": options} if options else {})


async def evict(running, url=f"{PODS}/web/eviction", **options):
    return await ask(running, "POST", url, eviction(**options))


@pytest.fixture
async def web(running, cluster):
    """A pod that runs on a node."""
    labelled = pod(nodeName="n1")
    labelled["metadata"]["labels"] = {"app": "web"}
    await ask(running, "POST", PODS, labelled)
    await become(running, ready="True")


async def become(running, ready, phase="Running"):
    status = {"phase": phase, "conditions": [{"type": "Ready", "status": ready}]}
    merge = {"content_type": "application/merge-patch+json"}
    await ask(running, "PATCH", f"{PODS}/web/status", {"status": status}, **merge)


async def budget(running, name="b", policy=None, **status):
    spec = {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}
    if policy:
        spec["unhealthyPodEvictionPolicy"] = policy
    body = {"metadata": {"name": name}, "spec": spec}
    await ask(running, "POST", BUDGETS, body)
    status = {"observedGeneration": 1, "desiredHealthy": 1, "currentHealthy": 1,
              "disruptionsAllowed": 0, "expectedPods": 1} | status  # fmt: skip
    merge = {"content_type": "application/merge-patch+json"}
    code, _ = await ask(running, "PATCH", f"{BUDGETS}/{name}/status", {"status": status}, **merge)
    assert code == 200


async def test_without_a_budget_it_is_a_deletion_that_says_why(running, web):
    code, body = await evict(running, gracePeriodSeconds=7)
    assert (code, body["status"]) == (201, "Success")
    _, found = await ask(running, "GET", f"{PODS}/web")
    assert found["metadata"]["deletionGracePeriodSeconds"] == 7
    condition = found["status"]["conditions"][-1]
    assert (condition["type"], condition["reason"]) == ("DisruptionTarget", "EvictionByEvictionAPI")


async def test_a_budget_without_room_refuses_and_says_why(running, web):
    await budget(running)
    code, body = await evict(running)
    assert (code, body["reason"]) == (429, "TooManyRequests")
    assert body["message"] == "Cannot evict pod as it would violate the pod's disruption budget."
    assert body["details"]["causes"] == [
        {
            "reason": "DisruptionBudget",
            "message": "The disruption budget b needs 1 healthy pods and has 1 currently",
        }
    ]


async def test_a_budget_that_was_not_looked_at_yet_asks_for_patience(running, web):
    await budget(running, observedGeneration=0, disruptionsAllowed=1)
    code, body = await evict(running)
    assert (code, body["details"]["retryAfterSeconds"]) == (429, 10)
    assert "is still being processed by the server" in body["details"]["causes"][0]["message"]


async def test_room_in_a_budget_is_spent_once(running, web):
    await budget(running, disruptionsAllowed=1)
    assert (await evict(running))[0] == 201
    _, found = await ask(running, "GET", f"{BUDGETS}/b")
    assert found["status"]["disruptionsAllowed"] == 0
    assert list(found["status"]["disruptedPods"]) == ["web"]
    assert found["status"]["conditions"][0]["reason"] == "InsufficientPods"


async def test_a_dry_run_spends_nothing_and_deletes_nothing(running, web):
    await budget(running, disruptionsAllowed=1)
    assert (await evict(running, dryRun=["All"]))[0] == 201
    assert (await evict(running, f"{PODS}/web/eviction?dryRun=All"))[0] == 201
    _, found = await ask(running, "GET", f"{BUDGETS}/b")
    assert found["status"]["disruptionsAllowed"] == 1
    assert "deletionTimestamp" not in (await ask(running, "GET", f"{PODS}/web"))[1]["metadata"]


async def test_pods_that_serve_nobody_are_not_protected(running, web):
    await budget(running)
    await become(running, ready="False", phase="Pending")
    assert (await evict(running))[0] == 201


@pytest.mark.parametrize(
    ("policy", "healthy", "code"),
    [("AlwaysAllow", 0, 201), ("IfHealthyBudget", 0, 429), (None, 0, 429), (None, 1, 201)],
)
async def test_an_unready_pod_goes_if_the_budget_holds_without_it(
    running, web, policy, healthy, code
):
    await budget(running, policy=policy, currentHealthy=healthy)
    await become(running, ready="False")
    assert (await evict(running))[0] == code


async def test_two_budgets_are_one_too_many(running, web):
    await budget(running, disruptionsAllowed=1)
    await budget(running, "c", disruptionsAllowed=1)
    _, body = await evict(running)
    assert (body["status"], body["code"]) == ("Failure", 500)


async def test_names_and_preconditions_are_checked(running, web):
    code, body = await ask(running, "POST", f"{PODS}/web/eviction", eviction("other"))
    assert (code, body["message"]) == (400, "name in URL does not match name in Eviction object")
    assert (await ask(running, "POST", f"{PODS}/no/eviction", eviction("no")))[0] == 404
    await budget(running, disruptionsAllowed=1)
    assert (await evict(running, preconditions={"uid": "other"}))[0] == 409
    assert (await ask(running, "GET", f"{BUDGETS}/b"))[1]["status"]["disruptionsAllowed"] == 1
