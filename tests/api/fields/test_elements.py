import pytest

from onggi.api.fields.elements import Misshapen, canonical, of_item, of_value, order, shown

KEYS = (("port", None), ("protocol", "TCP"))


def test_items_are_named_by_their_keys_in_order_with_their_defaults():
    assert of_item({"protocol": "UDP", "port": 80}, KEYS) == 'k:{"port":80,"protocol":"UDP"}'
    assert of_item({"port": 80, "x": 1}, KEYS) == 'k:{"port":80,"protocol":"TCP"}'
    assert of_item({"x": 1}, KEYS) == 'k:{"protocol":"TCP"}'


def test_what_has_no_key_has_no_name():
    with pytest.raises(Misshapen, match=r"omits all key fields \[\"name\"\]"):
        of_item({}, (("name", None),))
    with pytest.raises(Misshapen, match="may not have a null element"):
        of_item(None, KEYS)
    with pytest.raises(Misshapen, match="may not have non-map elements"):
        of_item("a", KEYS)


def test_items_of_sets_are_scalars():
    assert of_value("a<b") == 'v:"a\\u003cb"'
    assert of_value(True) == "v:true"
    for wrong in ({}, [], None):
        with pytest.raises(Misshapen):
            of_value(wrong)


def test_messages_show_paths_as_upstream_does():
    assert shown("f:spec") == ".spec"
    assert shown('k:{"port":80,"protocol":"TCP"}') == '[port=80,protocol="TCP"]'
    assert shown('v:"a"') == '[="a"]'
    assert shown("i:3") == "[3]"


def test_fields_come_before_keys_before_values():
    elements = ["v:2", 'k:{"a":2}', "f:z", ".", 'v:"a"', "v:true", 'k:{"a":10}', "f:a"]
    assert sorted(elements, key=order) == [
        *(".", "f:a", "f:z", 'k:{"a":2}', 'k:{"a":10}', "v:2", 'v:"a"', "v:true"),
    ]


def test_an_element_is_written_in_one_way_only():
    assert canonical('k:{ "b":1, "a":[] }') == 'k:{"a":[],"b":1}'
    assert canonical("i:07") == "i:7"
    with pytest.raises(ValueError, match="unknown"):
        canonical("z:1")
