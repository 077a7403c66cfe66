"""ServiceAccount: every pod runs as one, and finds its token where clients look for it.

Source: ``plugin/pkg/admission/serviceaccount/admission.go``.
"""

from collections.abc import Iterator

from onggi.api.errors import NotFound, StatusError
from onggi.api.objects import Object, View, clone_value
from onggi.apiserver.admission import CREATE, UPDATE, Lookup, NotYet, Review, forbidden
from onggi.apiserver.authz.node import references
from onggi.kinds.core.serviceaccount import SERVICEACCOUNT

DEFAULT = "default"
MIRROR = "kubernetes.io/config.mirror"
ENFORCE = "kubernetes.io/enforce-mountable-secrets"
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
    refusal = missing(review, name)
    if name == DEFAULT:  # a controller makes it, soon after the namespace
        raise NotYet(SERVICEACCOUNT, namespace, refusal)
    raise refusal


def missing(review: Review, name: str) -> StatusError:
    why = NotFound("serviceaccount", name).message
    where = f"{review.call.namespace}/{name}"
    return forbidden(review, f"error looking up service account {where}: {why}")


def mounts_token(spec: View, account: View) -> bool:
    for asked in (spec, account):
        if asked.get("automountServiceAccountToken") is not None:
            return bool(asked["automountServiceAccountToken"])
    return True


def mount_token(spec: Object, suffix: str) -> None:
    """Into each container that has nothing mounted there yet."""
    volumes = spec.get("volumes") or []
    names = (volume.get("name", "") for volume in volumes)  # not validated yet
    present = next((name for name in names if name.startswith(VOLUME)), "")
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


def check_service_account(review: Review, lookup: Lookup) -> None:
    """Validating: what a pod refers to, its account allows."""
    if review.resource != "pods" or review.obj is None:
        return
    created = review.operation == CREATE and not review.subresource
    debugged = review.operation == UPDATE and review.subresource == "ephemeralcontainers"
    if not (created or debugged):
        return
    pod, spec = review.obj, review.obj["spec"]
    if MIRROR in (pod["metadata"].get("annotations") or {}):
        check_mirror(review, pod)
        return
    name = spec.get("serviceAccountName")
    if not name:
        where = f"{review.call.namespace}/{pod['metadata'].get('name', '')}"
        raise forbidden(review, f"no service account specified for pod {where}")
    account = lookup.get(SERVICEACCOUNT, review.call.namespace, name)
    if account is None:
        raise missing(review, name)
    if is_true((account["metadata"].get("annotations") or {}).get(ENFORCE)):
        for problem in beyond(spec, account):
            raise forbidden(review, problem)


def is_true(text: str | None) -> bool:
    """As Go's ParseBool."""
    return text in ("1", "t", "T", "true", "TRUE", "True")


def beyond(spec: View, account: View) -> Iterator[str]:
    """What the account does not list (``enforce-mountable-secrets``)."""
    name = account["metadata"]["name"]
    known = {entry.get("name") for entry in account.get("secrets") or ()}
    tail = f"is not allowed because service account {name} does not reference that secret"
    for volume in spec.get("volumes") or ():
        secret = (volume.get("secret") or {}).get("secretName")
        if volume.get("secret") and secret not in known:
            yield f'volume with secret.secretName="{secret}" {tail}'
    for field, what in HOLDERS.items():
        for container in spec.get(field) or ():
            for variable, secret in secret_variables(container):
                if secret not in known:
                    yield (
                        f"{what} {container.get('name')} with envVar {variable} referencing "
                        f'secret.secretName="{secret}" {tail}'
                    )
    pull = {entry.get("name") for entry in account.get("imagePullSecrets") or ()}
    for index, entry in enumerate(spec.get("imagePullSecrets") or ()):
        if entry.get("name") not in pull:
            yield (
                f'imagePullSecrets[{index}].name="{entry.get("name")}" is not allowed because '
                f"service account {name} does not reference that imagePullSecret"
            )


HOLDERS = {
    "initContainers": "init container",
    "containers": "container",
    "ephemeralContainers": "ephemeral container",
}


def secret_variables(container: View) -> Iterator[tuple[str, str]]:
    for variable in container.get("env") or ():
        if reference := (variable.get("valueFrom") or {}).get("secretKeyRef"):
            yield variable.get("name") or "", reference.get("name") or ""


def check_mirror(review: Review, pod: View) -> None:
    """A node's own pod refers to nothing in the API."""
    if pod["spec"].get("serviceAccountName"):
        raise forbidden(review, "a mirror pod may not reference service accounts")
    if any(kind == "secrets" for kind, _ in references(pod)):
        raise forbidden(review, "a mirror pod may not reference secrets")
    for volume in pod["spec"].get("volumes") or ():
        for source in (volume.get("projected") or {}).get("sources") or ():
            if source.get("serviceAccountToken") is not None:
                why = "a mirror pod may not use ServiceAccountToken volume projections"
                raise forbidden(review, why)
