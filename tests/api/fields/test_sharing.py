from hypothesis import given

from onggi.api.fields import sharing
from onggi.api.fields.owned import added
from onggi.api.fields.sharing import MOST, share, shared
from tests.api.fields.world import ROOT, few, objects


@few
@given(objects)
def test_what_is_shared_is_equal(obj):
    fields = {k: v for k, v in added(obj, ROOT).items() if k != "."}
    assert shared(fields) == fields


def fields(name="a"):
    inner = {".": {}, "f:image": {}, "f:name": {}}
    return {"f:spec": {"f:containers": {f'k:{{"name":"{name}"}}': inner}}, "f:data": {"f:a": {}}}


def test_equal_parts_are_one():
    one, other = shared(fields()), shared(fields())
    assert one["f:spec"]["f:containers"] is other["f:spec"]["f:containers"]


def test_parts_are_forgotten_before_they_are_too_many():
    for number in range(2 * MOST):
        shared(fields(f"n{number}"))
    assert len(sharing._parts) <= MOST


def test_an_object_shares_in_place_and_is_equal():
    obj = {"metadata": {"managedFields": [{"manager": "a", "fieldsV1": fields()}, {}]}}
    share(obj)
    assert obj["metadata"]["managedFields"][0] == {"manager": "a", "fieldsV1": fields()}
    share({"metadata": {}})
