"""The arithmetic of a rollout, and what it promises whatever the pods do."""

from hypothesis import example, given
from hypothesis import strategies as st

from onggi.kinds.apps.deployment.rollout import Limits, Share, Size, absolute, grow, shrink, spread


def limits(want, surge, unavailable, type="RollingUpdate"):
    rolling = {"maxSurge": surge, "maxUnavailable": unavailable}
    return Limits.of({"replicas": want, "strategy": {"type": type, "rollingUpdate": rolling}})


def test_percentages_are_rounded_up_for_a_surge_and_down_for_a_loss():
    assert absolute("25%", 10, up=True) == 3
    assert absolute("25%", 10, up=False) == 2
    assert absolute(4, 10, up=True) == 4


def test_something_always_moves():
    assert limits(5, 0, 0) == (5, 0, 1)
    assert limits(1, "25%", "25%") == (1, 1, 0)
    assert limits(0, "25%", "25%") == (0, 0, 0)


def test_no_more_can_be_missing_than_there_are():
    assert limits(3, 0, 10) == (3, 0, 3)


def test_recreate_has_neither_surge_nor_loss():
    assert limits(5, 2, 2, type="Recreate") == (5, 0, 0)


def test_the_new_grows_into_the_room_there_is():
    assert grow(Limits(10, 3, 2), new=0, total=10) == 3
    assert grow(Limits(10, 3, 2), new=3, total=11) == 5
    assert grow(Limits(10, 3, 2), new=9, total=9) == 10
    assert grow(Limits(10, 3, 2), new=12, total=12) == 10


def test_sick_pods_go_first_and_do_not_count_as_a_loss():
    assert shrink(Limits(10, 3, 2), Size(5, 0), [Size(8, 6)]) == [8]
    assert shrink(Limits(10, 3, 2), Size(0, 0), [Size(5, 0), Size(8, 8)]) == [0, 8]


def test_healthy_ones_go_as_new_ones_become_available():
    assert shrink(Limits(4, 1, 1), Size(1, 0), [Size(4, 4)]) == [3]
    assert shrink(Limits(4, 1, 1), Size(2, 1), [Size(3, 3)]) == [2]
    assert shrink(Limits(4, 1, 0), Size(1, 0), [Size(4, 4)]) == [4]


def test_a_scaling_is_shared_out_in_proportion():
    assert spread(Limits(30, 3, 2), [Share(8, 13), Share(5, 13)]) == [20, 13]
    assert spread(Limits(5, 3, 2), [Share(8, 13), Share(5, 13)]) == [5, 3]
    assert spread(Limits(0, 0, 0), [Share(8, 13), Share(5, 13)]) == [0, 0]


@given(
    st.integers(0, 60),
    st.integers(0, 20),
    st.lists(st.integers(1, 40), min_size=1, max_size=6),
    st.integers(0, 3),
)
@example(want=1, surge=2, sizes=[2, 2, 2, 2, 2], missing=0)
def test_a_scaling_ends_at_the_size_that_is_allowed(want, surge, sizes, missing):
    """From a state that a rollout can be in: sizes that add up to what was allowed, or nearly.
    What rounding leaves over the largest takes, who has no more to give than all it has."""
    sizes.sort(reverse=True)
    before = sum(sizes) + missing
    after = spread(Limits(want, surge, 0), [Share(size, before) for size in sizes])
    allowed = want + surge if want else 0
    assert sum(after) == allowed or (after[0] == 0 and sum(after) > allowed)
    assert all(size >= 0 for size in after)


@given(st.data())
def test_no_step_asks_for_too_many_or_leaves_too_few(data):
    want = data.draw(st.integers(1, 30))
    bounds = limits(want, data.draw(st.integers(0, 10)), data.draw(st.integers(0, 10)))
    new, old = Size(0, 0), [Size(want, want)]
    for _ in range(300):
        if new.available == want and old[0].replicas == 0:
            break
        total = new.replicas + old[0].replicas
        new = new._replace(replicas=grow(bounds, new.replicas, total))
        (size,) = shrink(bounds, new, old)
        old = [Size(size, min(size, old[0].available))]
        assert new.replicas + old[0].replicas <= max(bounds.most, want)
        assert new.available + old[0].available >= bounds.least
        pending = new.replicas - new.available
        coming = data.draw(st.integers(min(1, pending), pending))
        new = new._replace(available=new.available + coming)
    assert (new, old) == (Size(want, want), [Size(0, 0)])
