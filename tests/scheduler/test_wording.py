from onggi.scheduler.choose import choose
from onggi.scheduler.facts import PodFacts
from onggi.scheduler.wording import condition, unschedulable
from tests.scheduler.objects import node, pod, state


def message(comer, *nodes):
    return unschedulable(comer, choose(PodFacts(comer), state(*nodes)))


def test_reasons_are_counted_and_sorted_as_upstream_does():
    taints = {"taints": [{"key": "k", "value": "v", "effect": "NoSchedule"}]}
    nodes = [node("a", cpu="1"), node("b", spec=taints), node("c", spec=taints)]
    assert message(pod(cpu="2"), *nodes) == (
        "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s). "
        "no new claims to deallocate, preemption: "
        "0/3 nodes are available: 3 Preemption is not helpful for scheduling."
    )


def test_a_full_node_has_no_victims_and_never_means_never():
    full = node("a", pods="0")
    assert message(pod(), full).endswith("1 No preemption victims found for incoming pod.")
    shy = pod(preemptionPolicy="Never")
    assert message(shy, full).endswith("preemption: not eligible due to preemptionPolicy=Never.")


def test_without_nodes_there_is_one_sentence():
    assert message(pod()) == "no nodes available to schedule pods"


def test_a_condition_is_written_only_when_it_says_something_new():
    fresh = pod()
    first = condition(fresh, "m", "2026-01-01T00:00:00Z")
    assert first["reason"] == "Unschedulable"
    assert first["observedGeneration"] == 1
    fresh["status"]["conditions"] = [first]
    assert condition(fresh, "m", "2026-01-02T00:00:00Z") is None
    again = condition(fresh, "other", "2026-01-02T00:00:00Z")
    assert again["lastTransitionTime"] == "2026-01-01T00:00:00Z"
