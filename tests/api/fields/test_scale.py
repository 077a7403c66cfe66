"""The cases of upstream's scalehandler_test.go."""

import pytest

from onggi.api.fields.scale import to_object, to_scale

WHERE = {"apps/v1": ("f:spec", "f:the-replicas")}
OWN = {"f:spec": {"f:the-replicas": {}}}
BOTH = {"f:spec": {"f:selector": {}, "f:the-replicas": {}}}
SELECTOR = {"f:spec": {"f:selector": {}}}
SCALED = {"f:spec": {"f:replicas": {}}}


def entry(manager, operation, fields, subresource="", version="apps/v1"):
    found = {
        "manager": manager,
        "operation": operation,
        "apiVersion": version,
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    }
    return {**found, "subresource": subresource} if subresource else found


def scale(manager, operation, subresource="scale"):
    return entry(manager, operation, SCALED, subresource, "autoscaling/v1")


def test_who_owns_the_replicas_owns_those_of_the_scale():
    live = [
        entry("a", "Apply", SELECTOR),
        entry("b", "Apply", BOTH),
        entry("c", "Update", OWN, "scale") | {"time": "2026-01-01T00:00:00Z"},
        entry("d", "Apply", OWN, version="apps/v9"),
    ]
    assert to_scale(live, WHERE) == [
        scale("b", "Apply", ""),
        scale("c", "Update") | {"time": "2026-01-01T00:00:00Z"},
    ]


@pytest.mark.parametrize("after", ["Update", "Apply"])
@pytest.mark.parametrize("before", ["Update", "Apply"])
@pytest.mark.parametrize("name", ["test", "other"])
def test_the_replicas_are_taken_from_who_had_them(before, after, name):
    found = to_object([entry("test", before, BOTH)], [scale(name, after)], WHERE, "apps/v1")
    expected = [entry("test", before, SELECTOR), entry(name, after, OWN, "scale")]
    assert sorted(found, key=repr) == sorted(expected, key=repr)


def test_who_had_nothing_else_is_gone():
    live = [entry("test", "Apply", OWN)]
    assert to_object(live, [scale("s", "Update")], WHERE, "apps/v1") == [
        entry("s", "Update", OWN, "scale")
    ]


@pytest.mark.parametrize("operation", ["Update", "Apply"])
def test_who_keeps_the_replicas_keeps_the_entry(operation):
    live = [entry("test", operation, BOTH)]
    kept = to_object(live, to_scale(live, WHERE), WHERE, "apps/v1")
    assert kept == live
    assert kept[0] is live[0]


def test_entries_of_unknown_versions_go():
    live = [entry("test", "Apply", OWN, version="apps/v9")]
    assert to_object(live, [], WHERE, "apps/v1") == []
