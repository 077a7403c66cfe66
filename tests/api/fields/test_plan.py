from onggi.api.fields.plan import REMEMBERED, divided, plan
from onggi.api.schema_nodes import Free, List, Map, Text
from tests.api.fields.world import ROOT


def test_a_plan_hangs_on_its_node():
    assert plan(ROOT.node) is ROOT
    assert ROOT.below("sub").plan is ROOT.below("sub").plan.below("sub").plan


def test_names_that_are_declared_and_names_that_are_not():
    assert ROOT.below("text").element == "f:text"
    assert ROOT.below("text").field is not None
    assert not ROOT.below("nope").known
    assert ROOT.below("labels").plan.below("any").known


def test_a_map_remembers_only_so_many_of_its_keys():
    found = plan(Map(Text("string"), "map[string]string"))
    for number in range(10 * REMEMBERED):
        assert found.below(f"k{number}").element == f"f:k{number}"
    assert len(found.fields) == REMEMBERED


def test_keys_come_with_their_defaults_in_order():
    ports = ROOT.below("items").plan.items.below("ports").plan
    assert ports.keys == (("port", None), ("protocol", "TCP"))


def test_what_has_no_schema_is_divided_by_its_value():
    shape = Free().shape
    assert [divided(shape, value) for value in ({}, [], "a", None)] == [
        *("fields", "atomic", "atomic", "atomic"),
    ]
    assert divided(List(Text("string"), "[]string", "set").shape, []) == "set"
