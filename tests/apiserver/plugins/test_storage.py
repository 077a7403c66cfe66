"""DefaultStorageClass, StorageObjectInUseProtection, PersistentVolumeClaimResize."""

from onggi.kinds.storage.storageclass import STORAGECLASS
from tests.apiserver.world import ask

CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims"
MERGE = {"content_type": "application/merge-patch+json"}


async def storage_class(cluster, name, default=True, **more):
    mark = {"storageclass.kubernetes.io/is-default-class": str(default).lower()}
    meta = {"name": name, "annotations": mark}
    await cluster.create(STORAGECLASS, {"metadata": meta, "provisioner": "x.y/z", **more})


async def claimed(running, **spec):
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}} | spec
    return await ask(running, "POST", CLAIMS, {"metadata": {"name": "c"}, "spec": spec})


async def test_a_claim_that_names_no_class_gets_the_default_one(running, cluster):
    await storage_class(cluster, "other", default=False)
    await storage_class(cluster, "usual")
    _, body = await claimed(running)
    assert body["spec"]["storageClassName"] == "usual"
    assert body["metadata"]["finalizers"] == ["kubernetes.io/pvc-protection"]


async def test_no_class_at_all_can_be_asked_for(running, cluster):
    await storage_class(cluster, "usual")
    _, body = await claimed(running, storageClassName="")
    assert body["spec"]["storageClassName"] == ""


async def test_a_claim_grows_once_it_is_bound_and_its_class_allows_it(running, cluster):
    await storage_class(cluster, "fixed")
    await claimed(running)
    more = {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}
    code, body = await ask(running, "PATCH", f"{CLAIMS}/c", more, **MERGE)
    assert code in (403, 422), body
    bound = {"status": {"phase": "Bound"}}
    assert (await ask(running, "PATCH", f"{CLAIMS}/c/status", bound, **MERGE))[0] == 200
    code, body = await ask(running, "PATCH", f"{CLAIMS}/c", more, **MERGE)
    assert code in (403, 422)
    allowed = {"allowVolumeExpansion": True}
    url = "/apis/storage.k8s.io/v1/storageclasses/fixed"
    assert (await ask(running, "PATCH", url, allowed, **MERGE))[0] == 200
    assert (await ask(running, "PATCH", f"{CLAIMS}/c", more, **MERGE))[0] == 200
