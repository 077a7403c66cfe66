from types import SimpleNamespace

import pytest

from onggi.api.fields import sets
from onggi.apiserver.fields import admitted, prefix, reset, within
from onggi.kinds import BUILTIN

KINDS = {kind.resource: kind for kind in BUILTIN}


@pytest.mark.parametrize(
    ("agent", "manager"),
    [
        ("kubectl/v1.37.0 (linux/amd64)", "kubectl"),
        ("", ""),
        ("a\nb/1", "ab"),
        ("curl", "curl"),
        ("x" * 200, "x" * 128),
        ("항아리" * 20, "항아리" * 14),
    ],
)
def test_a_program_is_named_by_what_stands_before_its_version(agent, manager):
    assert prefix(agent) == manager


@pytest.mark.parametrize(
    ("resource", "subresource", "fields"),
    [
        ("pods", "", [("f:status",)]),
        ("pods", "status", ["f:metadata.f:deletionTimestamp", "f:metadata.f:ownerReferences"]),
        ("deployments.apps", "status", ["f:metadata.f:labels"]),
        ("deployments.apps", "scale", []),
        ("configmaps", "", []),
        ("namespaces", "finalize", [("f:status",)]),
    ],
)
def test_nobody_owns_what_they_cannot_write(resource, subresource, fields):
    found = set(sets.paths(reset(KINDS[resource], subresource)))
    expected = {f if isinstance(f, tuple) else tuple(f.split(".")) for f in fields}
    assert found == expected | ({("f:spec",)} if subresource == "status" else set())


def test_some_ways_write_one_field_only():
    only = ("f:spec", "f:ephemeralContainers")
    found = sets.of(("f:spec", "f:x"), (*only, "f:a"), only, ("f:metadata", "f:labels"))
    assert within(found, only) == sets.of(only, (*only, "f:a"))
    assert within(sets.of(("f:a",)), only) == {}


def entry(**more):
    found = {"manager": "m", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1"}
    return found | {"fieldsV1": {"f:data": {"f:a": {}}}} | more


def admission(before, after):
    call = SimpleNamespace(warnings=[])
    obj = {"metadata": {"managedFields": after}}
    admitted(call, obj, before)
    return obj["metadata"].get("managedFields"), call.warnings


def test_who_admits_may_change_managers_but_not_to_nonsense():
    before = [entry()]
    assert admission(before, before) == (before, [])
    assert admission(before, [entry(manager="n")]) == ([entry(manager="n")], [])
    kept, warnings = admission(before, [entry(operation="Guess")])
    assert kept is before
    assert warnings[0].endswith("please fix your requests: operation must be `Apply` or `Update`")
    assert admission(None, [entry(fieldsV1={"x": {}})])[0] is None
