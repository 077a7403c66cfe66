from hypothesis import given

from onggi.api.fields import sets
from onggi.api.fields.owned import fields_stated
from onggi.api.fields.reconcile import reconciled
from tests.api.fields.world import ROOT, few, objects


@few
@given(objects)
def test_sets_of_the_present_schema_are_left_as_they_are(obj):
    fields = fields_stated(obj, ROOT)
    assert reconciled(fields, ROOT) is fields


def test_who_owned_parts_of_what_is_one_now_owns_all_of_it():
    fields = sets.of(
        ("f:selector", "f:a"),
        ("f:args", 'v:"x"'),
        ("f:sub", "f:text"),
        ("f:items", 'k:{"name":"a"}', "f:name"),
    )
    assert reconciled(fields, ROOT) == sets.of(
        ("f:selector",), ("f:args",), ("f:sub", "f:text"), ("f:items", 'k:{"name":"a"}', "f:name")
    )


def test_who_owned_all_of_what_is_divided_now_still_does():
    fields = sets.of(("f:items",), ("f:labels",))
    assert reconciled(fields, ROOT) is fields


def test_what_is_not_in_the_schema_is_left_alone():
    fields = sets.of(("f:gone", "f:a"), ("f:free", "f:a", "f:b"))
    assert reconciled(fields, ROOT) is fields
