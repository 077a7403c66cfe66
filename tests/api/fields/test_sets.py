from hypothesis import given
from hypothesis import strategies as st

from onggi.api.fields import sets
from onggi.api.fields.sets import LEAF

names = st.sampled_from(["f:a", "f:b", 'k:{"name":"x"}', 'k:{"name":"y"}', "v:1", "v:10", "v:9"])
paths = st.lists(names, min_size=1, max_size=4).map(tuple)
models = st.sets(paths, max_size=8)


def trie(model):
    return sets.of(*model)


def model(found):
    return set(sets.paths(found))


@given(models)
def test_a_set_is_its_paths(a):
    assert model(trie(a)) == a
    assert all(sets.has(trie(a), path) for path in a)


@given(models, models)
def test_union_intersection_and_difference_are_those_of_sets(a, b):
    assert model(sets.union(trie(a), trie(b))) == a | b
    assert model(sets.intersection(trie(a), trie(b))) == a & b
    assert model(sets.difference(trie(a), trie(b))) == a - b


@given(models, models)
def test_without_takes_what_is_below_along(a, b):
    left = {p for p in a if not any(p[: len(q)] == q for q in b)}
    assert model(sets.without(trie(a), trie(b))) == left


@given(models, models)
def test_equal_sets_are_the_same_text_in_whatever_order_they_were_made(a, b):
    import json

    one = sets.union(trie(a), trie(b))
    assert json.dumps(one) == json.dumps(sets.union(trie(b), trie(a)))
    assert json.dumps(sets.read(one)) == json.dumps(one)


@given(models, models)
def test_operands_are_left_alone_and_kept_where_nothing_changes(a, b):
    one, other = trie(a), trie(b)
    same = trie(a), trie(b)
    sets.union(one, other), sets.without(one, other), sets.intersection(one, other)
    if not a & b:
        assert sets.difference(one, other) is one
    assert (one, other) == same
    assert LEAF == {}


def test_numbers_are_in_their_order():
    assert list(sets.of(("v:10",), ("v:9",), ("v:1",))) == ["v:1", "v:9", "v:10"]


def test_members_of_a_level_come_before_what_is_below_them():
    found = sets.of(("f:a", "f:x"), ("f:a",), ("f:b",))
    assert list(sets.paths(found)) == [("f:a",), ("f:b",), ("f:a", "f:x")]


def test_what_others_write_is_read_in_our_way():
    assert sets.read({'k:{"b": 1, "a": "x"}': {".": {}}}) == {'k:{"a":"x","b":1}': {}}
    for wrong in ([], {"f:a": 1}, {"x:a": {}}, {"k:1": {}}, {"v:": {}}, {"i:x": {}}):
        try:
            sets.read(wrong)
        except ValueError:
            continue
        raise AssertionError(wrong)
