from hypothesis import given

from onggi.api.fields import sets
from onggi.api.fields.owned import fields_stated
from onggi.api.fields.remove import remove, with_structs
from tests.api.fields.world import ROOT, few, objects


@few
@given(objects)
def test_without_nothing_an_object_is_itself(obj):
    assert remove(obj, {}, ROOT) is obj


@few
@given(objects)
def test_without_all_that_it_states_nothing_is_left(obj):
    gone = with_structs(fields_stated(obj, ROOT), ROOT)
    left = remove(obj, gone, ROOT) or {}
    assert {name for name, value in left.items() if value} <= {"set", "items", "sub"}
    assert not any(sets.paths(fields_stated(left, ROOT))) or left.get("sub") is not None


def test_items_and_entries_go_one_by_one():
    obj = {"items": [{"name": "a", "value": 1}, {"name": "b"}], "labels": {"x": "1", "y": "2"}}
    gone = sets.of(("f:items", 'k:{"name":"b"}'), ("f:labels", "f:x"))
    assert remove(obj, gone, ROOT) == {
        "items": [{"name": "a", "value": 1}],
        "labels": {"y": "2"},
    }


def test_what_is_emptied_becomes_null():
    assert remove({"labels": {"x": "1"}}, sets.of(("f:labels", "f:x")), ROOT) == {"labels": None}


def test_a_struct_goes_with_its_last_field_a_map_stays():
    fields = sets.of(("f:sub", "f:text"), ("f:labels", "f:x"))
    assert with_structs(fields, ROOT) == {
        "f:sub": {".": {}, "f:text": {}},
        "f:labels": {".": {}, "f:x": {}},
    }
    free = sets.of(("f:free", "f:a", "f:b"))
    assert with_structs(free, ROOT) == {"f:free": {".": {}, "f:a": {"f:b": {}}}}
