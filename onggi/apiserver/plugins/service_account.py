"""ServiceAccount: every pod runs as one, and finds its token where clients look for it.

Source: ``plugin/pkg/admission/serviceaccount/admission.go``.
"""

from collections.abc import Iterator

from onggi.api.errors import NotFound
from onggi.api.objects import Object, View, clone_value
from onggi.apiserver.admission import CREATE, Lookup, NotYet, Review, forbidden
from onggi.kinds.core.serviceaccount import SERVICEACCOUNT

DEFAULT = "default"
MIRROR = "kubernetes.io/config.mirror"
VOLUME = "kube-api-access-"
MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
EXPIRES = 3607  # seconds: an hour, and a little that tells these tokens from others
READABLE = 0o644


def service_account(review: Review, lookup: Lookup) -> None:
    if review.resource != "pods" or review.subresource or review.operation != CREATE:
        return
    assert review.obj is not None
    pod, spec = review.obj, review.obj["spec"]
    if MIRROR in (pod["metadata"].get("annotations") or {}):
        check_mirror(review, spec)
        return
    name = spec.get("serviceAccountName") or DEFAULT
    spec["serviceAccountName"] = spec["serviceAccount"] = name
    account = find(review, lookup, name)
    if mounts_token(spec, account):
        mount_token(spec, review.suffix())
    if not spec.get("imagePullSecrets") and account.get("imagePullSecrets"):
        spec["imagePullSecrets"] = clone_value(account["imagePullSecrets"])


def find(review: Review, lookup: Lookup, name: str) -> View:
    namespace = review.call.namespace
    account = lookup.get(SERVICEACCOUNT, namespace, name)
    if account is not None:
        return account
    missing = NotFound("serviceaccount", name)
    refusal = forbidden(
        review, f"error looking up service account {namespace}/{name}: {missing.message}"
    )
    if name == DEFAULT:  # a controller makes it, soon after the namespace
        raise NotYet(SERVICEACCOUNT, namespace, refusal)
    raise refusal


def mounts_token(spec: View, account: View) -> bool:
    for asked in (spec, account):
        if asked.get("automountServiceAccountToken") is not None:
            return bool(asked["automountServiceAccountToken"])
    return True


def mount_token(spec: Object, suffix: str) -> None:
    """Into each container that has nothing mounted there yet."""
    volumes = spec.get("volumes") or []
    present = next((v["name"] for v in volumes if v["name"].startswith(VOLUME)), "")
    name = present or VOLUME + suffix
    needed = False
    for container in containers(spec):
        mounts = container.get("volumeMounts") or []
        if any(mount.get("mountPath") == MOUNT for mount in mounts):
            continue
        container["volumeMounts"] = [*mounts, {"name": name, "readOnly": True, "mountPath": MOUNT}]
        needed = True
    if needed and not present:
        spec["volumes"] = [*volumes, token_volume(name)]


def containers(spec: Object) -> Iterator[Object]:
    yield from spec.get("initContainers") or ()
    yield from spec.get("containers") or ()


def token_volume(name: str) -> Object:
    namespace = {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": NAMESPACE}}
    certificate = {"key": "ca.crt", "path": "ca.crt"}
    return {
        "name": name,
        "projected": {
            "sources": [
                {"serviceAccountToken": {"expirationSeconds": EXPIRES, "path": "token"}},
                {"configMap": {"name": "kube-root-ca.crt", "items": [certificate]}},
                {"downwardAPI": {"items": [namespace]}},
            ],
            "defaultMode": READABLE,
        },
    }


NAMESPACE = "metadata.namespace"


def check_mirror(review: Review, spec: View) -> None:
    """A node's own pod refers to nothing in the API."""
    if spec.get("serviceAccountName"):
        raise forbidden(review, "a mirror pod may not reference service accounts")
    for volume in spec.get("volumes") or ():
        if volume.get("secret"):
            raise forbidden(review, "a mirror pod may not reference secrets")
        if volume.get("persistentVolumeClaim"):
            raise forbidden(review, "a mirror pod may not reference persistentvolumeclaims")
