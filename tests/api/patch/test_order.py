import pytest

from onggi.api.patch.order import NoMergeKey, arranged, interleaved, position, same, split_by


def test_items_are_found_by_key_or_by_value() -> None:
    assert position([{"n": 1}, {"n": 2}], {"n": 2}, "n") == 1
    assert position(["a", "b"], "b", "") == 1
    assert position(["a"], "x", "") == -1
    with pytest.raises(NoMergeKey, match=r"map: map\[a:1\] does not contain declared merge key: n"):
        position([], {"a": 1}, "n")


def test_a_number_is_no_truth_value() -> None:
    assert same(1, 1)
    assert not same(1, True)


def test_the_named_come_in_their_order_and_the_rest_as_it_was() -> None:
    live = ["s", "a", "t", "b"]
    assert split_by(live, ["b", "a"], "") == (["a", "b"], ["s", "t"])
    assert arranged(live, ["b", "a"], live, "") == ["s", "t", "b", "a"]
    assert arranged([*live, "c"], ["a", "b", "c"], live, "") == ["s", "a", "t", "b", "c"]


def test_what_was_not_live_comes_as_soon_as_it_may() -> None:
    assert interleaved(["s"], ["x", "y"], ["s"], "") == ["x", "y", "s"]
    assert interleaved([], ["x"], [], "") == ["x"]
    assert interleaved(["s"], [], ["s"], "") == ["s"]
