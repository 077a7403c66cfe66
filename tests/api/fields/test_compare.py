import pytest
from hypothesis import given

from onggi.api.fields import sets
from onggi.api.fields.compare import compare
from onggi.api.fields.elements import Misshapen
from onggi.api.fields.owned import added
from tests.api.fields.world import ROOT, few, objects


def paths(found):
    return set(sets.paths(found))


@few
@given(objects)
def test_an_object_is_as_it_is(obj):
    assert compare(obj, obj, ROOT) == ({}, {})


@few
@given(objects, objects)
def test_what_appears_one_way_disappears_the_other(a, b):
    there, back = compare(a, b, ROOT), compare(b, a, ROOT)
    assert paths(there.removed) <= paths(back.changed)
    assert paths(back.removed) <= paths(there.changed)


@few
@given(objects)
def test_everything_is_new_where_nothing_was(obj):
    found = compare({}, obj, ROOT)
    everything = {k: v for k, v in added(obj, ROOT).items() if k != "."}
    assert found == (everything, {})
    assert compare(obj, {}, ROOT) == ({}, everything)


@few
@given(objects, objects)
def test_a_field_is_changed_or_removed_never_both(a, b):
    found = compare(a, b, ROOT)
    assert not paths(found.changed) & paths(found.removed)


def test_the_order_of_items_is_no_difference():
    a = {"items": [{"name": "a"}, {"name": "b"}], "set": ["x", "y"]}
    assert compare(a, {"items": a["items"][::-1], "set": ["y", "x"]}, ROOT) == ({}, {})
    assert compare({"args": ["x", "y"]}, {"args": ["y", "x"]}, ROOT).changed == {"f:args": {}}


def test_items_that_stand_twice_are_compared_as_one():
    once, twice = {"set": ["x"]}, {"set": ["x", "x"]}
    assert compare(once, twice, ROOT) == (
        {"f:set": {'v:"x"': {}}},
        {"f:set": {'v:"x"': {}}},
    )
    assert compare(twice, twice, ROOT) == ({}, {})
    assert compare(twice, {"set": ["x", "x", "x"]}, ROOT) == ({"f:set": {'v:"x"': {}}}, {})


def test_a_map_that_becomes_something_else_is_changed_itself():
    assert compare({"free": {"a": 1}}, {"free": 2}, ROOT) == (
        {"f:free": {}},
        {"f:free": {"f:a": {}}},
    )
    assert compare({"free": 2}, {"free": {"a": 1}}, ROOT) == (
        {"f:free": {".": {}, "f:a": {}}},
        {},
    )


@pytest.mark.parametrize("value", [True, 7, "x"])
def test_a_list_cannot_become_a_scalar(value):
    with pytest.raises(Misshapen):
        compare({"items": [{"name": "a"}]}, {"items": value}, ROOT)
