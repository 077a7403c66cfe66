from onggi.scheduler.facts import PodFacts
from onggi.scheduler.waiting import NODE, ROOM, Waiting, backoff
from tests.scheduler.objects import facts, pod

FIT = frozenset(["NodeResourcesFit"])
TAINT = frozenset(["TaintToleration"])


def test_priority_goes_first_then_age():
    queue = Waiting()
    for name, priority, at in (("old", 0, 1.0), ("new", 0, 2.0), ("vip", 9, 3.0)):
        queue.put(facts(name, priority=priority), at)
    assert [queue.take(5.0).pod.key[1] for _ in range(3)] == ["vip", "old", "new"]
    assert queue.take(5.0) is None


def test_a_refused_pod_waits_for_a_change_that_may_cure_it_and_for_its_back_off():
    queue = Waiting()
    queue.put(facts("p"), 0.0)
    queue.wait(queue.take(0.0), TAINT, 0.0)
    queue.happened(ROOM, 0.1)
    assert queue.take(2.0) is None
    queue.happened(NODE, 2.0)
    assert queue.take(2.0).attempts == 2


def test_a_cure_within_the_back_off_takes_effect_at_its_end():
    queue = Waiting()
    queue.put(facts("p"), 0.0)
    queue.wait(queue.take(0.0), FIT, 0.0)
    queue.happened(ROOM, 0.2)
    assert queue.take(0.9) is None
    assert queue.next_alarm() == 1.0
    assert queue.take(1.0) is not None


def test_a_change_while_it_is_tried_is_not_lost():
    queue = Waiting()
    queue.put(facts("p"), 0.0)
    candidate = queue.take(0.0)
    candidate.filters = FIT
    queue.happened(ROOM, 0.0)
    queue.wait(candidate, FIT, 0.0)
    assert queue.next_alarm() == 1.0


def test_nobody_waits_longer_than_five_minutes():
    queue = Waiting()
    queue.put(facts("p"), 0.0)
    queue.wait(queue.take(0.0), FIT, 0.0)
    assert queue.take(299.0) is None
    assert queue.take(300.0) is not None


def test_back_off_doubles_to_ten_seconds():
    assert [backoff(n) for n in range(1, 7)] == [1, 2, 4, 8, 10, 10]


def test_a_changed_spec_is_a_new_chance_and_a_changed_status_is_not():
    queue = Waiting()
    first = pod("p")
    queue.put(PodFacts(first), 0.0)
    queue.wait(queue.take(0.0), FIT, 0.0)
    queue.put(PodFacts(first | {"status": {"phase": "Pending", "x": 1}}), 5.0)
    assert queue.take(5.0) is None
    queue.put(PodFacts(first | {"spec": first["spec"] | {"tolerations": []}}), 5.0)
    assert queue.take(5.0) is not None


def test_a_dropped_pod_is_never_handed_out():
    queue = Waiting()
    queue.put(facts("p"), 0.0)
    queue.drop("uid-p")
    assert queue.take(0.0) is None
    assert not len(queue)
