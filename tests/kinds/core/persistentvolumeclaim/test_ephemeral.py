"""The claims of generic ephemeral volumes."""

from onggi.api.errors import BadRequest
from onggi.kinds.core.persistentvolumeclaim.ephemeral import CONTROLLER, has_some, reconcile
from tests.world import NOW, ListWorld

SPEC = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": SPEC}
OWNER = {
    "apiVersion": "v1",
    "kind": "Pod",
    "name": "p",
    "uid": "u",
    "controller": True,
    "blockOwnerDeletion": True,
}


def pod(*names, **meta):
    volumes = [{"name": name, "ephemeral": {"volumeClaimTemplate": TEMPLATE}} for name in names]
    return {
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "a", "uid": "u", **meta},
        "spec": {"volumes": [{"name": "dir", "emptyDir": {}}, *volumes]},
    }


def claim(name, *owners):
    meta = {"name": name, "namespace": "a", "ownerReferences": [*owners]}
    return {"kind": "PersistentVolumeClaim", "metadata": meta}


def test_a_claim_is_made_for_each_volume_as_its_template_says():
    first, second = reconcile(pod("x", "y"), ListWorld(), NOW).actions
    assert first.obj == {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": "p-x",
            "namespace": "a",
            "ownerReferences": [OWNER],
            "labels": {"a": "b"},
        },
        "spec": SPEC,
    }
    assert second.obj["metadata"]["name"] == "p-y"


def test_what_is_there_stays_and_a_pod_that_goes_needs_nothing():
    assert reconcile(pod("x"), ListWorld([claim("p-x", OWNER)]), NOW).actions == []
    going = pod("x", deletionTimestamp="2026-01-01T00:00:00Z")
    assert reconcile(going, ListWorld(), NOW).actions == ()


def test_a_claim_of_somebody_else_is_not_taken():
    (event,) = reconcile(pod("x", "y"), ListWorld([claim("p-x")]), NOW).actions
    assert (event.reason, event.type) == ("FailedBinding", "Warning")
    assert event.message == (
        "ephemeral volume x: PVC a/p-x was not created for pod a/p (pod is not owner)"
    )


def test_a_refusal_is_told():
    (create,) = reconcile(pod("x"), ListWorld(), NOW).actions
    (event,) = create.failed(BadRequest("exceeded quota"))
    assert event.message == "ephemeral volume x: create PVC p-x: exceeded quota"


def test_only_pods_with_such_volumes_matter():
    assert CONTROLLER.about is has_some
    assert has_some(pod("x"))
    assert not has_some(pod())
