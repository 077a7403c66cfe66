import pytest
from hypothesis import given

from onggi.api.fields.elements import Misshapen
from onggi.api.fields.merge import merge, order
from tests.api.fields.world import ROOT, few, objects


@few
@given(objects)
def test_an_object_laid_over_itself_is_itself(obj):
    assert merge(obj, obj, ROOT) == obj
    assert merge({}, obj, ROOT) == obj
    assert merge(obj, {}, ROOT) == obj


@few
@given(objects, objects)
def test_laying_over_twice_is_laying_over_once(live, config):
    once = merge(live, config, ROOT)
    assert merge(once, config, ROOT) == once


@pytest.mark.parametrize(
    ("left", "right", "merged"),
    [
        ("abc", "", "abc"),
        ("", "abc", "abc"),
        ("abc", "d", "abcd"),
        ("abc", "cb", "acb"),
        ("ad", "xd", "axd"),
        ("abcd", "db", "acdb"),
        ("abc", "acx", "abcx"),
        ("aab", "a", "ab"),
    ],
)
def test_items_stand_in_the_order_of_the_configuration(left, right, merged):
    assert "".join(element for element, _ in order(left, right)) == merged


def test_atomic_values_are_replaced():
    live = {"selector": {"a": "1"}, "args": ["a"], "free": {"l": [1], "k": 1}}
    config = {"selector": {"b": "2"}, "args": ["b"], "free": {"l": [2]}}
    assert merge(live, config, ROOT) == config | {"free": {"l": [2], "k": 1}}


def test_nothing_stated_keeps_what_there_is_and_unsets_a_leaf():
    live = {"labels": {"a": "1"}, "text": "x", "set": ["a"], "args": ["a"]}
    config = {"labels": None, "text": None, "set": [], "args": []}
    assert merge(live, config, ROOT) == live | {"text": None, "args": []}


def test_items_that_stand_twice_cannot_be_applied():
    with pytest.raises(Misshapen, match=r"duplicate entries for key \[=\"a\"\]"):
        merge({"set": ["b"]}, {"set": ["a", "a"]}, ROOT)
