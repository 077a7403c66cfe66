"""Packing endpoints into slices: few writes, nobody lost, nobody twice."""

from hypothesis import given
from hypothesis import strategies as st

from onggi.kinds.discovery.endpointslice.pack import pack


def endpoint(number, ready=True):
    return {"addresses": [f"10.0.0.{number}"], "conditions": {"ready": ready}}


def many(*numbers):
    return [endpoint(n) for n in numbers]


def test_nothing_to_do_is_nothing_done():
    packing = pack({"a": many(1, 2)}, many(2, 1))
    assert (packing.changed, packing.emptied, packing.added) == ({}, [], [])


def test_a_newcomer_goes_into_the_slice_that_has_room():
    packing = pack({"a": many(1, 2, 3), "b": many(4)}, many(1, 2, 3, 4, 5), most=4)
    assert packing.changed == {"a": many(1, 2, 3, 5)}


def test_a_newcomer_goes_where_something_changes_anyway():
    packing = pack({"a": many(1, 2, 3), "b": many(4, 9)}, many(1, 2, 3, 4, 5), most=5)
    assert packing.changed == {"b": many(4, 5)}


def test_newcomers_that_fit_nowhere_get_a_slice_of_their_own():
    packing = pack({"a": many(1, 2)}, many(1, 2, 3, 4, 5), most=3)
    assert (packing.changed, packing.added) == ({}, [many(3, 4, 5)])


def test_an_empty_slice_goes():
    packing = pack({"a": many(1), "b": many(2)}, many(2))
    assert (packing.changed, packing.emptied) == ({}, ["a"])


def test_a_changed_state_is_written_where_the_endpoint_is():
    packing = pack({"a": many(1, 2)}, [endpoint(1), endpoint(2, ready=False)])
    assert packing.changed == {"a": [endpoint(1), endpoint(2, ready=False)]}


numbers = st.sets(st.integers(0, 40), max_size=30)


@given(st.lists(numbers, max_size=6), numbers, st.integers(1, 8))
def test_everybody_has_one_place_and_no_slice_is_too_large(slices, wanted, most):
    seen, present = set(), {}
    for index, members in enumerate(slices):
        fresh = sorted(members - seen)[:most]
        seen |= set(fresh)
        if fresh:
            present[f"s{index}"] = many(*fresh)
    packing = pack(present, many(*wanted), most)
    after = {n: e for n, e in present.items() if n not in packing.emptied} | packing.changed
    contents = [*after.values(), *packing.added]
    placed = [e["addresses"][0] for content in contents for e in content]
    assert sorted(placed) == sorted(f"10.0.0.{n}" for n in wanted)
    assert all(0 < len(content) <= most for content in contents)
