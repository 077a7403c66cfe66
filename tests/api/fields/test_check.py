import pytest
from hypothesis import given

from onggi.api.fields.check import check
from onggi.api.fields.elements import Misshapen
from tests.api.fields.world import ROOT, few, objects


@few
@given(objects)
def test_what_fits_fits(obj):
    check(obj, ROOT)


@pytest.mark.parametrize(
    ("obj", "why"),
    [
        ({"nope": 1}, ".nope: field not declared in schema"),
        ({"sub": {"nope": 1}}, ".sub.nope: field not declared in schema"),
        ({"number": "1"}, ".number: expected numeric (int or float), got string"),
        ({"text": 1}, ".text: expected string, got &value.valueUnstructured{Value:1}"),
        ({"labels": [1]}, ".labels: expected map, got &{[1]}"),
        ({"args": {}}, ".args: expected list, got &{map[]}"),
        ({"args": [1]}, ".args[0]: expected string, got &value.valueUnstructured{Value:1}"),
        ({"set": ["a", "a"]}, '.set: duplicate entries for key [="a"]'),
        ({"set": [{}]}, ".set: element 0: associative list without keys has an element"),
        ({"items": [{"name": "a", "value": "x"}]}, '.items[name="a"].value: expected numeric'),
        ({"items": ["a"]}, ".items: element 0: associative list with keys may not have non-map"),
        ({"selector": {"a": 1}}, ".selector.a: expected string"),
    ],
)
def test_what_does_not_is_told_in_upstreams_words(obj, why):
    with pytest.raises(Misshapen) as wrong:
        check(obj, ROOT)
    assert str(wrong.value).startswith(why)


def test_several_things_are_listed():
    with pytest.raises(Misshapen) as wrong:
        check({"text": 1, "number": "x"}, ROOT)
    assert str(wrong.value).splitlines()[0] == "errors:"
    assert len(str(wrong.value).splitlines()) == 3


def test_null_and_what_has_no_schema_are_never_wrong():
    check({"text": None, "items": None, "free": {"a": [1, {"b": "c"}]}}, ROOT)
