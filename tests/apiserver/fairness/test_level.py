"""Whose turn it is, among those that wait in one level."""

from hypothesis import given
from hypothesis import strategies as st

from onggi.apiserver.fairness.level import Level, Waiting


def level(**changes):
    return Level(name="l", **changes)


def test_flows_take_turns_however_long_their_queues_are():
    made = level()
    for number in range(3):
        made.put("noisy", Waiting(f"noisy-{number}", 1))
    made.put("quiet", Waiting("quiet-0", 1))
    assert [made.take().turn for _ in range(4)] == ["noisy-0", "quiet-0", "noisy-1", "noisy-2"]
    assert made.waiting == 0
    assert not made.flows


def test_a_flow_may_wait_with_so_many_and_the_level_with_so_many():
    made = level(longest_flow=2, longest=3)
    assert [made.put("a", Waiting(n, 1)) for n in range(3)] == [True, True, False]
    assert [made.put("b", Waiting(n, 1)) for n in range(2)] == [True, False]
    assert made.waiting == 3


def test_a_level_that_rejects_lets_nobody_wait():
    made = level(rejects=True, seats=1)
    assert made.put("a", Waiting("next turn", 1))
    made.begin(1)
    assert not made.put("a", Waiting("x", 1))


def test_who_gives_up_is_not_taken_any_more():
    made, first, second = level(), Waiting("1", 1), Waiting("2", 1)
    made.put("a", first)
    made.put("a", second)
    made.drop("a", first)
    made.drop("a", first)
    assert made.take() == second
    assert made.waiting == 0


@given(st.lists(st.sampled_from("abc"), max_size=60))
def test_no_flow_waits_for_more_than_one_request_of_each_other_flow(arrivals):
    made, taken = level(), []
    for number, flow in enumerate(arrivals):
        made.put(flow, Waiting((flow, number), 1))
    while made.waiting:
        taken.append(made.take().turn)
    assert sorted(number for _, number in taken) == list(range(len(arrivals)))
    for flow in set(arrivals):
        own = [place for place, (name, _) in enumerate(taken) if name == flow]
        gaps = [later - earlier for earlier, later in zip([-1, *own], own, strict=False)]
        assert max(gaps) <= len(set(arrivals))
        assert [n for name, n in taken if name == flow] == sorted(
            n for name, n in taken if name == flow
        )
