from typing import Any

import pytest

from onggi.api.kind import Kind
from onggi.api.meta import check_metadata, check_metadata_update

THING = Kind(group="", version="v1", name="Thing", plural="things", schema="")
GLOBAL = Kind(group="", version="v1", name="Big", plural="bigs", schema="", namespaced=False)


def thing(**meta: Any) -> dict[str, Any]:
    return {"metadata": {"name": "a", "namespace": "ns", "resourceVersion": "1", **meta}}


def said(**meta: Any) -> list[str]:
    return [str(error) for error in check_metadata(thing(**meta), THING)]


def test_ordinary_metadata_is_fine() -> None:
    assert (
        said(
            labels={"app.kubernetes.io/name": "web"},
            annotations={"Example.com/Anything": "ünïcode \n"},
            finalizers=["example.com/done"],
            ownerReferences=[{"apiVersion": "apps/v1", "kind": "A", "name": "a", "uid": "1"}],
            managedFields=[{"manager": "kubectl", "operation": "Update", "fieldsType": "FieldsV1"}],
        )
        == []
    )


@pytest.mark.parametrize(
    ("meta", "message"),
    [
        ({"name": ""}, "metadata.name: Required value: name or generateName is required"),
        ({"namespace": ""}, "metadata.namespace: Required value"),
        ({"namespace": "a.b"}, 'metadata.namespace: Invalid value: "a.b": must not contain dots'),
        (
            {"generation": -1},
            "metadata.generation: Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            {"labels": {"a": "x" * 64}},
            f'metadata.labels: Invalid value: "{"x" * 64}": must be no more than 63 bytes',
        ),
        (
            {"annotations": {"a": "x" * 256 * 1024}},
            "metadata.annotations: Too long: may not be more than 262144 bytes",
        ),
        (
            {"ownerReferences": [{"apiVersion": "a/b/c", "kind": "A", "name": "a", "uid": "1"}]},
            'metadata.ownerReferences[0].apiVersion: Invalid value: "a/b/c": '
            "must be <group>/<version> or <version>",
        ),
        (
            {"ownerReferences": [{"apiVersion": "v1", "kind": "A", "name": "a"}]},
            "metadata.ownerReferences[0].uid: Required value: must not be empty",
        ),
        (
            {"ownerReferences": [{"apiVersion": "v1", "kind": "Event", "name": "a", "uid": "1"}]},
            'metadata.ownerReferences[0]: Invalid value: {"apiVersion":"v1","kind":"Event",'
            '"name":"a","uid":"1"}: /v1, Kind=Event is disallowed from being an owner',
        ),
        (
            {"finalizers": ["orphan", "foregroundDeletion"]},
            'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: '
            "finalizer orphan and foregroundDeletion cannot be both set",
        ),
        (
            {"managedFields": [{"operation": "Guess"}]},
            'metadata.managedFields[0].operation: Unsupported value: "Guess": '
            'supported values: "Apply", "Update"',
        ),
        (
            {"managedFields": [{"operation": "Apply", "manager": "a\t"}]},
            'metadata.managedFields[0].manager: Invalid value: "a\\t": '
            "invalid character U+0009 (at position 1)",
        ),
    ],
)
def test_bad_metadata_is_refused_in_upstreams_words(meta: dict[str, Any], message: str) -> None:
    assert said(**meta) == [message]


def test_an_object_has_one_controller() -> None:
    owner = {"apiVersion": "v1", "kind": "A", "uid": "1", "controller": True}
    (message,) = said(ownerReferences=[owner | {"name": "x"}, owner | {"name": "y"}])
    assert message.endswith('Found "true" in references for A/x and A/y')


def test_a_cluster_scoped_object_has_no_namespace() -> None:
    (error,) = check_metadata(thing(), GLOBAL)
    assert str(error) == "metadata.namespace: Forbidden: not allowed on this type"


def test_identity_does_not_change() -> None:
    old = thing(uid="1", creationTimestamp="2026-01-01T00:00:00Z", generation=2)
    new = thing(uid="2", name="b", generation=1)
    assert [str(error) for error in check_metadata_update(new, old)] == [
        "metadata.generation: Invalid value: 1: must not be decremented",
        'metadata.name: Invalid value: "b": field is immutable',
        'metadata.uid: Invalid value: "2": field is immutable',
        "metadata.creationTimestamp: Invalid value: null: field is immutable",
    ]


def test_an_update_names_the_version_it_changes() -> None:
    (error,) = check_metadata_update(thing(resourceVersion=""), thing())
    assert str(error) == (
        'metadata.resourceVersion: Invalid value: "": must be specified for an update'
    )


def test_a_dying_object_gets_no_new_finalizers() -> None:
    dying = {"deletionTimestamp": "2026-01-01T00:00:00Z"}
    old = thing(finalizers=["x"], **dying)
    assert check_metadata_update(thing(finalizers=[], **dying), old) == []
    (error,) = check_metadata_update(thing(finalizers=["x", "b", "a"], **dying), old)
    assert str(error) == (
        "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being "
        'deleted, found new finalizers []string{"a", "b"}'
    )
