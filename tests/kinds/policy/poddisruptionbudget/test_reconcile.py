"""What a budget says may be disrupted."""

from datetime import timedelta

import pytest

from onggi.api.objects import owner_reference
from onggi.api.plan import SetStatus
from onggi.api.times import stamp
from onggi.kinds.policy.poddisruptionbudget.reconcile import forget_stale, reconcile, wakes
from tests.kinds.policy.poddisruptionbudget.budgets import pdb, pod, rs
from tests.kinds.samples import LABELS
from tests.world import NOW, ListWorld, story


def status(obj, *seen, now=NOW):
    found = reconcile(obj, ListWorld(list(seen)), now)
    return next(a.status for a in found.actions if isinstance(a, SetStatus))


def figures(obj, *seen):
    names = ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")
    return tuple(status(obj, *seen)[name] for name in names)


def of(owner, ready, unready=0):
    pods = [pod(f"r{i}", owner=owner) for i in range(ready)]
    return [owner, *pods, *(pod(f"u{i}", ready=False, owner=owner) for i in range(unready))]


@pytest.mark.parametrize(
    ("bound", "wanted"),
    [
        ({"minAvailable": 1}, (2, 3, 1, 4)),
        ({"minAvailable": "75%"}, (0, 3, 3, 4)),
        ({"minAvailable": "51%"}, (0, 3, 3, 4)),
        ({"maxUnavailable": 2}, (1, 3, 2, 4)),
        ({"maxUnavailable": "100%"}, (3, 3, 0, 4)),
        ({}, (0, 3, 0, 0)),
    ],
)
def test_figures_follow_from_what_the_controllers_want(bound, wanted):
    assert figures(pdb(**bound), *of(rs(4), 3, 1)) == wanted


def test_a_deployment_speaks_for_its_replica_sets():
    above = rs(10) | {"kind": "Deployment"}
    owner = rs(2, "web-1", "r2")
    owner["metadata"]["ownerReferences"] = [owner_reference(above)]
    assert figures(pdb(maxUnavailable=1), above, *of(owner, 2)) == (0, 2, 9, 10)


def test_the_condition_keeps_its_time_while_it_holds():
    first = status(pdb(minAvailable=1), *of(rs(2), 2))
    [condition] = first["conditions"]
    assert (condition["status"], condition["reason"]) == ("True", "SufficientPods")
    later = status(pdb(first, minAvailable=0), *of(rs(2), 2), now=NOW + timedelta(hours=1))
    assert later["conditions"] == [condition]
    fewer = status(pdb(first, minAvailable=2), *of(rs(2), 2), now=NOW + timedelta(hours=1))
    [condition] = fewer["conditions"]
    assert (condition["status"], condition["reason"]) == ("False", "InsufficientPods")
    assert condition["lastTransitionTime"] == stamp(NOW + timedelta(hours=1))


def test_granted_evictions_are_not_granted_again_while_they_are_under_way():
    granted = {"disruptedPods": {"r0": stamp(NOW), "gone": stamp(NOW)}}
    found = reconcile(pdb(granted, minAvailable=1), ListWorld(of(rs(3), 3)), NOW)
    new = found.actions[-1].status
    assert (new["disruptionsAllowed"], new["disruptedPods"]) == (1, {"r0": stamp(NOW)})
    assert found.again_in == timedelta(seconds=121)
    late = NOW + timedelta(seconds=121)
    found = reconcile(pdb(granted, minAvailable=1), ListWorld(of(rs(3), 3)), late)
    assert story(found)[0].startswith("emit NotDeleted: Pod was expected by PDB default/web")
    assert "disruptedPods" not in found.actions[-1].status


def test_what_nobody_can_count_may_not_be_disrupted():
    stranger = pod("a", owner={"apiVersion": "batch/v1", "kind": "Job",
                               "metadata": {"name": "j", "uid": "j"}})  # fmt: skip
    found = reconcile(pdb({"disruptionsAllowed": 3}, maxUnavailable=1), ListWorld([stranger]), NOW)
    why = "jobs.batch does not implement the scale subresource"
    assert story(found)[0] == (
        "emit CalculateExpectedPodCountFailed: Failed to calculate the number of expected "
        f"pods: {why}"
    )
    [condition] = found.actions[-1].status["conditions"]
    assert (condition["reason"], condition["message"]) == ("SyncFailed", why)
    assert found.actions[-1].status["disruptionsAllowed"] == 0


def test_pods_of_nobody_are_told_and_do_not_count():
    found = reconcile(pdb(maxUnavailable="50%"), ListWorld([pod()]), NOW)
    assert story(found)[0].startswith("emit UnmanagedPods: Pods selected by this Pod")
    assert story(reconcile(pdb(minAvailable=1), ListWorld(), NOW))[0].startswith("emit NoPods")


def test_a_pod_wakes_the_budgets_that_select_it():
    empty, missing = pdb(), pdb()
    empty["spec"] = {"selector": {}}
    missing["spec"] = {}
    empty["metadata"]["name"], missing["metadata"]["name"] = "all", "none"
    world = ListWorld([pdb(), empty, missing])
    assert wakes(pod(labels=LABELS), world) == [("default", "web"), ("default", "all")]
    assert wakes(pod(labels={}), world) == [("default", "all")]


def test_an_announcement_that_nothing_followed_is_taken_back():
    target = pod()
    announced = {"type": "DisruptionTarget", "status": "True", "lastTransitionTime": stamp(NOW)}
    target["status"]["conditions"].append(announced | {"reason": "EvictionByEvictionAPI"})
    assert forget_stale(target, ListWorld(), NOW).again_in == timedelta(minutes=2)
    [action] = forget_stale(target, ListWorld(), NOW + timedelta(minutes=2)).actions
    assert action.status["conditions"][-1]["status"] == "False"
