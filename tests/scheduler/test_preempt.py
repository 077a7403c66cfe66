from onggi.scheduler.choose import choose
from onggi.scheduler.preempt import preempt
from tests.scheduler.objects import facts, node, state


def asked(pod, here):
    return preempt(pod, here, choose(pod, here))


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
