"""From what was sent to what is stored."""

from datetime import UTC, datetime

import pytest

from onggi.api.errors import BadRequest, Conflict, Invalid
from onggi.apiserver import strategy
from onggi.kinds.apps.deployment import DEPLOYMENT
from onggi.kinds.coordination.lease import LEASE
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.node import NODE
from onggi.kinds.core.pod import POD

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def old(**more):
    meta = {
        "name": "a",
        "namespace": "n",
        "uid": "u",
        "resourceVersion": "7",
        "creationTimestamp": "2025-01-01T00:00:00Z",
        "generation": 3,
    }
    return {"kind": "Deployment", "apiVersion": "apps/v1", "metadata": meta, **more}


def new(**more):
    return {"metadata": {"name": "a", "namespace": "n", "resourceVersion": "7"}, **more}


def test_creation_fills_what_only_the_server_knows():
    obj = {"metadata": {"name": "a", "namespace": "n"}, "spec": {}, "status": {"replicas": 9}}
    strategy.prepare_create(DEPLOYMENT, obj, "u", NOW)
    assert obj["metadata"]["uid"] == "u"
    assert obj["metadata"]["creationTimestamp"] == "2026-01-01T00:00:00Z"
    assert obj["metadata"]["generation"] == 1
    assert not obj.get("status")


def test_plain_kinds_have_no_generation():
    obj = {"metadata": {"name": "a", "namespace": "n"}}
    strategy.prepare_create(CONFIGMAP, obj, "u", NOW)
    assert "generation" not in obj["metadata"]


def test_a_node_registers_with_its_status():
    obj = {"metadata": {"name": "a"}, "status": {"capacity": {}}}
    strategy.prepare_create(NODE, obj, "u", NOW)
    assert obj["status"] == {"capacity": {}}


@pytest.mark.parametrize(
    ("change", "generation"),
    [
        ({"spec": {"replicas": 2}}, 4),
        ({"spec": {"replicas": 1}}, 3),
        ({"spec": {"replicas": 1}, "status": {"replicas": 5}}, 3),
    ],
)
def test_the_generation_counts_what_is_wanted(change, generation):
    obj, before = new(**change), old(spec={"replicas": 1}, status={"replicas": 1})
    strategy.prepare_update(DEPLOYMENT, obj, before)
    assert obj["metadata"]["generation"] == generation
    assert obj["status"] == {"replicas": 1}


def test_annotations_count_for_a_deployment():
    obj = new(spec={"replicas": 1})
    obj["metadata"]["annotations"] = {"a": "b"}
    strategy.prepare_update(DEPLOYMENT, obj, old(spec={"replicas": 1}))
    assert obj["metadata"]["generation"] == 4


def test_what_cannot_change_is_carried_over():
    before = old()
    before["metadata"] |= {
        "deletionTimestamp": "2025-06-01T00:00:00Z",
        "deletionGracePeriodSeconds": 30,
    }
    obj = new()
    obj["metadata"] |= {"creationTimestamp": "1999-01-01T00:00:00Z", "generation": 99}
    strategy.carry_over(obj, before)
    assert obj["metadata"] == before["metadata"]


def test_the_old_object_is_never_written_to():
    before = old(spec={"a": {"b": 1}}, status={"x": 1})
    obj = new(status={"x": 2})
    strategy.prepare_status(POD, obj, before)
    obj["spec"]["a"]["b"] = 2
    assert before["spec"] == {"a": {"b": 1}}


def test_a_status_update_changes_the_status_and_what_a_client_may_say_of_itself():
    before = old(spec={"replicas": 1})
    before["metadata"]["labels"] = {"l": "old"}
    obj = new(spec={"replicas": 9}, status={"replicas": 5})
    obj["metadata"] |= {"labels": {"l": "new"}, "annotations": {"a": "b"}}
    strategy.prepare_status(DEPLOYMENT, obj, before)
    assert obj["spec"] == {"replicas": 1}
    assert obj["status"] == {"replicas": 5}
    assert obj["metadata"]["annotations"] == {"a": "b"}
    assert obj["metadata"]["labels"] == {"l": "old"}


def test_the_lock_is_the_version_that_was_read():
    obj = new()
    strategy.check_version(CONFIGMAP, obj, 7)
    with pytest.raises(Conflict):
        strategy.check_version(CONFIGMAP, obj, 8)
    for unconditional in ("", "0"):
        obj["metadata"]["resourceVersion"] = unconditional
        strategy.check_version(CONFIGMAP, obj, 8)
        assert obj["metadata"]["resourceVersion"] == "8"
    obj["metadata"]["resourceVersion"] = ""
    with pytest.raises(Invalid):
        strategy.check_version(LEASE, obj, 8)


def test_names_and_namespaces_agree_with_the_path():
    strategy.match_name(new(), "a")
    for wrong in ({"metadata": {}}, {"metadata": {"name": "b"}}):
        with pytest.raises(BadRequest):
            strategy.match_name(wrong, "a")
    obj = {"metadata": {}}
    strategy.match_namespace(obj, "n")
    assert obj["metadata"]["namespace"] == "n"
    strategy.match_namespace(obj, "")
    assert "namespace" not in obj["metadata"]
    with pytest.raises(BadRequest):
        strategy.match_namespace({"metadata": {"namespace": "m"}}, "n")


@pytest.mark.parametrize(
    ("finalizers", "meta", "wanted"),
    [
        ([], {"deletionTimestamp": "x", "deletionGracePeriodSeconds": 0}, True),
        ([], {"deletionTimestamp": "x"}, True),
        (["a/b"], {"deletionTimestamp": "x"}, False),
        ([], {}, False),
        ([], {"deletionTimestamp": "x", "deletionGracePeriodSeconds": 30}, False),
    ],
)
def test_an_update_deletes_what_only_waited_for_its_last_finalizer(finalizers, meta, wanted):
    assert strategy.should_delete({"metadata": {"finalizers": finalizers}}, {"metadata": meta}) is (
        wanted
    )


def test_an_owner_counts_once():
    owners = [{"uid": "a"}, {"uid": "b"}, {"uid": "a"}]
    obj = {"metadata": {"ownerReferences": owners}}
    [warning] = strategy.unite_owners(obj)
    assert warning.endswith("duplicate UID(s) observed: a")
    assert obj["metadata"]["ownerReferences"] == [{"uid": "a"}, {"uid": "b"}]
    assert strategy.unite_owners(obj) == []
