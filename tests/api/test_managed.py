import pytest

from onggi.api.errors import BadRequest, StatusError
from onggi.api.fields.plan import Plan, plan
from onggi.api.managed import Write, bare, on_apply, on_create, on_update, settled
from onggi.apiserver import schemas

T1, T2 = "2026-01-01T00:00:01Z", "2026-01-01T00:00:02Z"


class Versions:
    fixed = True

    def plan(self, version: str) -> Plan:
        return plan(schemas.load("io.k8s.api.core.v1.ConfigMap"))

    def convert(self, obj, version):
        return obj if version == "v1" else None

    def keep(self, fields, version):
        return fields


def write(manager="m", now=T1, subresource=""):
    return Write(manager, "v1", subresource, now, Versions())


def config_map(uid="u", **data):
    meta = {"name": "one", "namespace": "default", "resourceVersion": "7"}
    if uid:
        meta["uid"] = uid
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}


def created(manager="m", **data):
    obj = config_map(**data)
    on_create(obj, write(manager))
    return obj


def entries(obj):
    return obj["metadata"].get("managedFields")


def who(obj):
    return [(e["manager"], e["operation"], e.get("time")) for e in entries(obj) or ()]


def test_a_creator_owns_what_it_created_and_nothing_of_the_servers():
    obj = config_map(a="1")
    obj["metadata"]["labels"] = {"x": "y"}
    on_create(obj, write())
    assert entries(obj) == [
        {
            "manager": "m",
            "operation": "Update",
            "apiVersion": "v1",
            "time": T1,
            "fieldsType": "FieldsV1",
            "fieldsV1": {
                "f:data": {".": {}, "f:a": {}},
                "f:metadata": {"f:labels": {".": {}, "f:x": {}}},
            },
        }
    ]


def test_who_has_no_name_is_unknown():
    assert who(created("")) == [("unknown", "Update", T1)]


def test_an_update_takes_over_what_it_changes():
    old = created(a="1", b="2")
    new = config_map(a="9", b="2")
    on_update(old, new, write("n", T2))
    assert who(new) == [("m", "Update", T1), ("n", "Update", T2)]
    assert entries(new)[0]["fieldsV1"] == {"f:data": {".": {}, "f:b": {}}}
    assert entries(new)[1]["fieldsV1"] == {"f:data": {"f:a": {}}}


def test_an_update_that_changes_nothing_changes_no_entry():
    old = created(a="1")
    new = config_map(a="1")
    on_update(old, new, write("n", T2))
    assert entries(new) is entries(old)


def test_through_a_subresource_one_is_another_manager():
    old = created(a="1")
    new = config_map(a="2")
    on_update(old, new, write("m", T2, "status"))
    assert [e.get("subresource") for e in entries(new)] == [None, "status"]
    third = config_map(a="3")
    third["metadata"]["managedFields"] = [{}]
    on_update(new, third, write("n", T2, "status"))
    assert [name for name, *_ in who(third)] == ["m", "n"]


@pytest.mark.parametrize("reset", [[], [{}]])
def test_who_says_that_nobody_owns_anything_is_believed(reset):
    old, new = created(a="1"), config_map(a="2")
    new["metadata"]["managedFields"] = reset
    on_update(old, new, write("n", T2))
    assert entries(new) is None
    later = config_map(a="3")
    on_update(new, later, write("n", T2))
    assert entries(later) is None


def test_entries_that_a_client_sends_are_taken_unless_they_are_wrong():
    old = created(a="1")
    given = {**entries(old)[0], "manager": "given"}
    new = config_map(a="1")
    new["metadata"]["managedFields"] = [given]
    on_update(old, new, write("n", T2))
    assert who(new) == [("given", "Update", T1)]
    for wrong in ({"operation": "Guess"}, {"fieldsV1": {"x": 1}}, {"apiVersion": ""}):
        new = config_map(a="1")
        new["metadata"]["managedFields"] = [given | wrong]
        on_update(old, new, write("n", T2))
        assert who(new) == [("m", "Update", T1)]


def test_who_applies_to_nothing_creates():
    obj = on_apply({}, config_map("", a="1"), write("a"), force=False)
    assert who(obj) == [("a", "Apply", T1)]
    assert entries(obj)[0]["fieldsV1"] == {"f:data": {"f:a": {}}}


def test_what_was_there_before_the_first_apply_has_an_owner():
    live = config_map(a="1", b="2")
    obj = on_apply(live, config_map(a="1", c="3"), write("a"), force=False)
    assert [e[:2] for e in who(obj)] == [("a", "Apply"), ("before-first-apply", "Update")]
    with pytest.raises(StatusError, match="before-first-apply"):
        on_apply(live, config_map(a="9"), write("a"), force=False)


def test_applying_what_is_so_already_takes_no_time():
    first = on_apply({}, config_map(a="1"), write("a"), force=False)
    again = on_apply(first, config_map(a="1"), write("a", T2), force=False)
    assert again == first
    shared = on_apply(first, config_map(a="1"), write("b", T2), force=False)
    assert who(shared) == [("b", "Apply", None), ("a", "Apply", T1)]


def test_managed_fields_cannot_be_applied():
    config = config_map(a="1")
    config["metadata"]["managedFields"] = []
    with pytest.raises(BadRequest, match="must be nil"):
        on_apply({}, config, write(), force=False)


def test_kubectl_inherits_what_client_side_apply_left():
    annotations = {
        "kubectl.kubernetes.io/last-applied-configuration": (
            '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"},"data":{"a":"1"}}'
        )
    }
    live = config_map(a="1", b="2")
    live["metadata"]["annotations"] = annotations
    on_create(live, write("kubectl-client-side-apply"))
    with pytest.raises(StatusError, match="conflict with"):
        on_apply(live, config_map(a="2"), write("somebody"), force=False)
    obj = on_apply(live, config_map(a="2"), write("kubectl"), force=False)
    assert obj["data"] == {"a": "2", "b": "2"}
    assert '"a":"2"' in next(iter(obj["metadata"]["annotations"].values()))
    with pytest.raises(StatusError, match=r"1 conflict: .* \.data\.b"):
        on_apply(live, config_map(a="2", b="3"), write("kubectl"), force=False)


def test_times_alone_are_no_change():
    old, new = created(a="1"), created(a="1")
    new["metadata"]["managedFields"] = [{**entries(old)[0], "time": T2}]
    settled(new, old)
    assert entries(new) is entries(old)
    other = created(a="2")
    other["metadata"]["managedFields"] = [{**entries(old)[0], "time": T2}]
    settled(other, old)
    assert entries(other) is not entries(old)


def test_a_bare_object_has_no_entries_and_is_otherwise_itself():
    obj = created(a="1")
    assert "managedFields" in obj["metadata"]
    assert bare(obj) == config_map(a="1")
    assert bare(config_map()) == config_map()
