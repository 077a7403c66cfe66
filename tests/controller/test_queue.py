"""The work queue, on numbers for time."""

from hypothesis import given
from hypothesis import strategies as st

from onggi.controller.queue import Queue


def drain(queue, now=0.0):
    while (key := queue.take(now)) is not None:
        queue.done(key)
        yield key


def test_keys_come_in_order_and_once():
    queue = Queue()
    for key in "abab":
        queue.add(key)
    assert list(drain(queue)) == ["a", "b"]


def test_a_busy_key_is_not_handed_out_again_but_comes_once_more():
    queue = Queue()
    queue.add("a")
    assert queue.take(0) == "a"
    queue.add("a")
    queue.add("a")
    assert queue.take(0) is None
    queue.done("a")
    assert list(drain(queue)) == ["a"]


def test_failures_wait_twice_as_long_each_time_up_to_a_limit():
    queue = Queue()
    delays = [queue.retry("a", 0) for _ in range(20)]
    assert delays[:3] == [0.005, 0.010, 0.020]
    assert delays[-1] == 1000
    queue.succeeded("a")
    assert queue.retry("a", 0) == 0.005


def test_an_alarm_adds_its_key_when_it_is_time():
    queue = Queue()
    queue.set_alarm("late", 9)
    queue.set_alarm("soon", 3)
    assert queue.next_alarm() == 3
    assert queue.take(2.9) is None
    assert list(drain(queue, 3)) == ["soon"]
    assert list(drain(queue, 10)) == ["late"]
    assert queue.next_alarm() is None


def test_an_alarm_can_be_moved_and_cancelled():
    queue = Queue()
    queue.set_alarm("a", 3)
    queue.set_alarm("a", 8)
    assert list(drain(queue, 5)) == []
    queue.set_alarm("a", None)
    assert list(drain(queue, 9)) == []


actions = st.lists(
    st.tuples(st.sampled_from(["add", "take", "done", "retry", "alarm"]), st.integers(0, 3)),
    max_size=60,
)


@given(actions)
def test_no_key_is_busy_twice_and_none_is_lost(script):
    queue, busy, owed, now = Queue(), set(), set(), 0.0
    for action, key in script:
        now += 0.001
        if action == "add":
            queue.add(key)
            owed.add(key)
        elif action == "retry":
            queue.retry(key, now)
            owed.add(key)
        elif action == "alarm":
            queue.set_alarm(key, now + key)
            owed.add(key)
        elif action == "take" and (taken := queue.take(now)) is not None:
            assert taken not in busy
            busy.add(taken)
            if taken not in queue._alarms:
                owed.discard(taken)
        elif action == "done" and key in busy:
            queue.done(key)
            busy.discard(key)
    for key in busy:
        queue.done(key)
    assert owed <= set(drain(queue, now + 10_000))
