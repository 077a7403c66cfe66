from onggi.scheduler.choose import choose
from onggi.scheduler.preempt import preempt
from tests.scheduler.objects import facts, node, state


def asked(pod, here, *budgets):
    return preempt(pod, here, choose(pod, here), budgets)


def budget(allowed=0, **status):
    return {
        "metadata": {"name": "b", "namespace": "default"},
        "spec": {"selector": {"matchLabels": {"app": "dear"}}},
        "status": {"disruptionsAllowed": allowed, **status},
    }


def test_the_least_important_pods_go_and_no_more_than_needed():
    low = [facts(f"low{i}", cpu="1", priority=1) for i in range(2)]
    high = facts("high", cpu="2", priority=5)
    here = state(node("a"), placed={"a": [*low, high]})
    found = asked(facts(cpu="1", priority=9), here)
    assert [v.key[1] for v in found.victims] in (["low0"], ["low1"])
    assert here.nodes["a"].used["cpu"] == 4000


def test_the_node_with_the_less_important_victims_is_chosen():
    placed = {"a": [facts("x", cpu="4", priority=5)], "b": [facts("y", cpu="4", priority=2)]}
    here = state(node("a"), node("b"), placed=placed)
    assert asked(facts(cpu="1", priority=9), here).node == "b"


def test_equals_and_the_unwilling_preempt_nobody():
    here = state(node("a"), placed={"a": [facts(cpu="4", priority=5)]})
    assert asked(facts(cpu="1", priority=5), here) is None
    assert asked(facts(cpu="1", priority=9, preemptionPolicy="Never"), here) is None
    assert asked(facts(cpu="9", priority=9), here) is None


def test_assumed_pods_stay_assumed():
    here = state(node("a"))
    low = facts("low", cpu="4", priority=1)
    here.assume(low, "a")
    assert asked(facts(cpu="1", priority=9), here)
    assert here.forget(low.uid)


def test_pods_that_a_budget_protects_stay_if_others_can_go():
    dear = [facts(f"dear{i}", cpu="4", priority=1, labels={"app": "dear"}) for i in range(2)]
    placed = {"a": [dear[0]], "b": [facts("other", cpu="4", priority=5)]}
    here = state(node("a"), node("b"), placed=placed)
    want = facts(cpu="1", priority=9)
    assert asked(want, here, budget(1)).node == "a"
    found = asked(want, here, budget(0))
    assert (found.node, found.violations) == ("b", 0)
    assert asked(want, here, budget(0, disruptedPods={"dear0": "2026-01-01T00:00:00Z"})).node == "a"
    alone = state(node("a"), placed={"a": [dear[1]]})
    assert asked(want, alone, budget(0)).violations == 1


def test_on_one_node_the_unprotected_go_first():
    dear = facts("dear", cpu="2", priority=1, labels={"app": "dear"})
    other = facts("other", cpu="2", priority=3)
    here = state(node("a"), placed={"a": [dear, other]})
    assert [v.key[1] for v in asked(facts(cpu="1", priority=9), here).victims] == ["dear"]
    found = asked(facts(cpu="1", priority=9), here, budget())
    assert [v.key[1] for v in found.victims] == ["other"]
