"""What is in use is not taken away."""

from onggi.kinds.core.persistentvolumeclaim.protection import CLAIMS, VOLUMES
from tests.world import NOW, ListWorld, story

GOING = {"deletionTimestamp": "2026-01-01T00:00:00Z"}


def claim(**meta):
    base = {"name": "c", "namespace": "a", "finalizers": ["kubernetes.io/pvc-protection"]}
    return {"kind": "PersistentVolumeClaim", "metadata": base | meta}


def pod(node="n1", **meta):
    volumes = [{"name": "v", "persistentVolumeClaim": {"claimName": "c"}}]
    spec = {"nodeName": node, "volumes": volumes}
    return {"kind": "Pod", "metadata": {"name": "p", "namespace": "a"} | meta, "spec": spec}


def finalizers(plan):
    return [action.obj["metadata"]["finalizers"] for action in plan.actions]


def test_a_claim_goes_when_no_pod_uses_it_any_more():
    plan = CLAIMS.reconcile(claim(**GOING), ListWorld(), NOW)
    assert finalizers(plan) == [[]]
    assert CLAIMS.reconcile(claim(**GOING), ListWorld([pod()]), NOW).actions == ()
    assert finalizers(CLAIMS.reconcile(claim(**GOING), ListWorld([pod(node="")]), NOW)) == [[]]


def test_one_that_was_made_without_the_finalizer_gets_it():
    plan = CLAIMS.reconcile(claim(finalizers=[]), ListWorld(), NOW)
    assert finalizers(plan) == [["kubernetes.io/pvc-protection"]]
    assert CLAIMS.reconcile(claim(), ListWorld(), NOW).actions == ()


def test_a_pod_wakes_its_claims():
    (wake,) = CLAIMS.watches.values()
    ephemeral = pod()
    ephemeral["spec"]["volumes"].append({"name": "e", "ephemeral": {}})
    assert wake(ephemeral, ListWorld()) == [("a", "c"), ("a", "p-e")]


def test_a_bound_volume_stays():
    meta = {"name": "v", "finalizers": ["kubernetes.io/pv-protection"], **GOING}
    volume = {"kind": "PersistentVolume", "metadata": meta, "status": {"phase": "Bound"}}
    assert VOLUMES.reconcile(volume, ListWorld(), NOW).actions == ()
    released = volume | {"status": {"phase": "Released"}}
    assert story(VOLUMES.reconcile(released, ListWorld(), NOW)) == ["update PersistentVolume v"]
