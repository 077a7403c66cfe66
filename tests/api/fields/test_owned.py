from hypothesis import given

from onggi.api.fields import sets
from onggi.api.fields.owned import added, beyond_zero, fields_stated
from tests.api.fields.world import ROOT, few, objects


def test_who_states_a_field_owns_leaves_items_and_entries_but_no_structs():
    config = {"sub": {"text": "a"}, "labels": {"x": "y"}, "args": ["a"], "selector": {"a": "b"}}
    assert fields_stated(config, ROOT) == {
        "f:args": {},
        "f:labels": {"f:x": {}},
        "f:selector": {},
        "f:sub": {"f:text": {}},
    }


def test_items_are_owned_with_what_is_in_them():
    found = fields_stated({"items": [{"name": "a", "ports": [{"port": 80}]}]}, ROOT)
    assert found == {
        "f:items": {
            'k:{"name":"a"}': {
                ".": {},
                "f:name": {},
                "f:ports": {'k:{"port":80,"protocol":"TCP"}': {".": {}, "f:port": {}}},
            }
        }
    }


def test_nothing_and_empty_maps_are_owned_but_not_empty_lists():
    assert fields_stated({"labels": {}, "text": None, "set": []}, ROOT) == {
        "f:labels": {},
        "f:text": {},
    }


def test_an_item_that_stands_twice_is_owned_as_one():
    found = fields_stated({"items": [{"name": "a", "value": 1}, {"name": "a"}]}, ROOT)
    assert found == {"f:items": {'k:{"name":"a"}': {}}}


def test_what_is_new_is_owned_with_its_structs():
    found = added({"text": "a", "sub": {"text": "b"}}, ROOT.below("sub").plan)
    assert found == {".": {}, "f:sub": {".": {}, "f:text": {}}, "f:text": {}}


def test_a_creator_owns_all_but_what_an_empty_struct_has_anyway():
    created = {"sub": {"text": "a", "sub": {}}, "kept": ["x"], "set": ["x"], "labels": {}}
    assert beyond_zero(created, ROOT) == {
        "f:kept": {'v:"x"': {}},
        "f:labels": {},
        "f:set": {".": {}, 'v:"x"': {}},
        "f:sub": {"f:sub": {}, "f:text": {}},
    }


def test_what_has_no_schema_is_divided_by_its_maps():
    found = fields_stated({"free": {"a": {"b": [1, 2], "c": 1}, "d": {}}}, ROOT)
    assert found == {"f:free": {"f:a": {".": {}, "f:b": {}, "f:c": {}}, "f:d": {}}}


@few
@given(objects)
def test_who_creates_owns_at_least_what_who_applies_would(obj):
    applied = set(sets.paths(fields_stated(obj, ROOT)))
    assert applied <= set(sets.paths(added(obj, ROOT)))
