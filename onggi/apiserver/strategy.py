"""From what a client sent to what is stored. Pure: no store, no clock, no randomness.

One strategy serves every kind, built-in or from a CustomResourceDefinition; what differs
is in the ``Kind``. The steps and their order are those of ``k8s.io/apiserver``
(``pkg/registry/rest``: BeforeCreate, BeforeUpdate).
"""

from collections.abc import Sequence
from datetime import datetime

from onggi.api.errors import BadRequest, Conflict, Invalid
from onggi.api.field_error import FieldError, invalid
from onggi.api.kind import Kind, Subresource
from onggi.api.meta import check_metadata, check_metadata_update
from onggi.api.objects import Object, View, clone_value
from onggi.api.times import stamp

LONGEST_BASE = 58  # characters of generateName, so that five more make a label

SYSTEM = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
          "resourceVersion", "selfLink", "generation")  # fmt: skip
KEEPS_STATUS_ON_CREATE = {"nodes"}
LABELS_STAY_ON_STATUS = {"deployments.apps"}
OWNERS_STAY_ON_STATUS = {"pods"}
CREATED_BY_UPDATE = {
    "endpoints", "events", "events.events.k8s.io", "leases.coordination.k8s.io", "limitranges",
    "services",
    "roles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io",
    "clusterroles.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io",
}  # fmt: skip
NEVER_UNCONDITIONAL = {
    "leases.coordination.k8s.io",
    "customresourcedefinitions.apiextensions.k8s.io",
    "poddisruptionbudgets.policy",
}
GENERATION_STARTS_AT_1 = {
    "pods", "deployments.apps", "replicasets.apps", "ingresses.networking.k8s.io",
    "ingressclasses.networking.k8s.io", "endpointslices.discovery.k8s.io",
    "priorityclasses.scheduling.k8s.io", "replicationcontrollers", "podtemplates",
    "daemonsets.apps", "statefulsets.apps", "jobs.batch", "cronjobs.batch",
    "poddisruptionbudgets.policy", "horizontalpodautoscalers.autoscaling",
    "mutatingwebhookconfigurations.admissionregistration.k8s.io",
    "validatingwebhookconfigurations.admissionregistration.k8s.io",
    "validatingadmissionpolicies.admissionregistration.k8s.io",
    "validatingadmissionpolicybindings.admissionregistration.k8s.io",
    "mutatingadmissionpolicies.admissionregistration.k8s.io",
    "mutatingadmissionpolicybindings.admissionregistration.k8s.io",
    "customresourcedefinitions.apiextensions.k8s.io", "networkpolicies.networking.k8s.io",
    "flowschemas.flowcontrol.apiserver.k8s.io",
    "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
    "resourceslices.resource.k8s.io", "deviceclasses.resource.k8s.io",
    "devicetaintrules.resource.k8s.io",
}  # fmt: skip
GENERATION_COUNTS_ANNOTATIONS = {"deployments.apps"}


def qualified(kind: Kind) -> str:
    """``Deployment.apps``, as an Invalid names it."""
    return f"{kind.name}.{kind.group}" if kind.group else kind.name


def match_namespace(obj: Object, namespace: str) -> None:
    """``namespace`` is the request's; empty for a cluster-scoped kind."""
    meta = obj["metadata"]
    given = meta.get("namespace", "")
    if given == namespace:
        return
    if given and namespace:
        raise BadRequest(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    if namespace:
        meta["namespace"] = namespace
    else:
        del meta["namespace"]


def match_name(obj: Object, name: str) -> None:
    """``name`` is the one in the URL."""
    given = obj["metadata"].get("name", "")
    if not given:
        raise BadRequest(
            f"the name of the object ({name} based on URL) was undeterminable: "
            "name must be provided"
        )
    if given != name:
        raise BadRequest(
            f"the name of the object ({given}) does not match the name on the URL ({name})"
        )


def generated_name(base: str, suffix: str) -> str:
    return base[:LONGEST_BASE] + suffix


def wipe(obj: Object) -> None:
    """What only the server says."""
    meta = obj["metadata"]
    for name in SYSTEM:
        meta.pop(name, None)


def unite_owners(obj: Object) -> list[str]:
    """Each owner once; what to tell who sent one twice."""
    meta = obj["metadata"]
    owners = meta.get("ownerReferences")
    if not isinstance(owners, list) or len(owners) < 2:
        return []
    kept = [owner for index, owner in enumerate(owners) if owner not in owners[:index]]
    twice = [owner.get("uid", "") for index, owner in enumerate(owners) if owner in owners[:index]]
    if not twice:
        return []
    meta["ownerReferences"] = kept
    return [
        ".metadata.ownerReferences contains duplicate entries; API server dedups owner references "
        "in 1.20+, and may reject such requests as early as 1.24; please fix your requests; "
        f"duplicate UID(s) observed: {', '.join(dict.fromkeys(twice))}"
    ]


def prepare_create(kind: Kind, obj: Object, uid: str, now: datetime) -> None:
    """Complete ``obj`` in place; ``check_create`` follows."""
    meta = obj["metadata"]
    meta["uid"] = uid
    meta["creationTimestamp"] = stamp(now)
    if kind.status and kind.resource not in KEEPS_STATUS_ON_CREATE:
        obj.pop("status", None)
    if kind.custom or kind.resource in GENERATION_STARTS_AT_1:
        meta["generation"] = 1
    if kind.prepare:
        kind.prepare(obj, None)
    if kind.timed:
        kind.timed(obj, None, now)


def check_create(kind: Kind, obj: View) -> None:
    """Raises Invalid."""
    refuse(kind, obj, kind.validate(obj) or check_metadata(obj, kind))


def prepare_update(kind: Kind, obj: Object, old: View) -> None:
    """Bring ``obj``, which is to replace ``old``, in order; ``check_update`` follows."""
    carry_over(obj, old)
    if kind.status:
        keep(obj, old, "status")
    if kind.prepare:
        kind.prepare(obj, old)
    count_generation(kind, obj, old)


def check_update(kind: Kind, obj: View, old: View) -> None:
    """Raises Invalid."""
    refuse(kind, obj, check_metadata_update(obj, old) + kind.validate(obj, old))


def prepare_status(kind: Kind, obj: Object, old: View) -> None:
    """As ``prepare_update``, but only the status may change, and metadata a client may set."""
    carry_over(obj, old)
    for name in {*obj, *old} - {"metadata", "status", "kind", "apiVersion"}:
        keep(obj, old, name)
    if kind.resource in LABELS_STAY_ON_STATUS:
        keep(obj["metadata"], old["metadata"], "labels")
    if kind.resource in OWNERS_STAY_ON_STATUS:
        keep(obj["metadata"], old["metadata"], "ownerReferences")
    if kind.prepare_status:
        kind.prepare_status(obj, old)


def check_status(kind: Kind, obj: View, old: View) -> None:
    """Raises Invalid."""
    errors = check_metadata_update(obj, old)
    errors += [error for rule in kind.status_rules for error in rule(obj, old)]
    refuse(kind, obj, errors)


def prepare_subresource(sub: Subresource, obj: Object, old: View) -> None:
    """For a subresource that writes the object itself: it says what may change."""
    carry_over(obj, old)
    if sub.prepare:
        sub.prepare(obj, old)


def check_subresource(kind: Kind, sub: Subresource, obj: View, old: View) -> None:
    """Raises Invalid."""
    errors = check_metadata_update(obj, old)
    errors += [error for rule in sub.rules for error in rule(obj, old)]
    refuse(kind, obj, errors)


def refuse(kind: Kind, obj: View, errors: Sequence[FieldError]) -> None:
    if errors:
        name = obj["metadata"].get("name", "")
        raise Invalid(qualified(kind), name, list({str(e): e for e in errors}.values()))


def carry_over(obj: Object, old: View) -> None:
    """What an update cannot change is taken from ``old``, as upstream's BeforeUpdate."""
    meta, before = obj["metadata"], old["metadata"]
    meta.pop("selfLink", None)
    keep(meta, before, "generation")
    meta["creationTimestamp"] = before["creationTimestamp"]
    meta.setdefault("uid", before["uid"])
    if not meta["uid"]:
        meta["uid"] = before["uid"]
    if "deletionTimestamp" in before:
        meta["deletionTimestamp"] = before["deletionTimestamp"]
    if "deletionGracePeriodSeconds" in before:
        meta.setdefault("deletionGracePeriodSeconds", before["deletionGracePeriodSeconds"])


def keep(obj: Object, old: View, name: str) -> None:
    """``obj`` has ``name`` as ``old`` has it; a copy, since what follows may write into it."""
    if name in old:
        obj[name] = clone_value(old[name])
    else:
        obj.pop(name, None)


def count_generation(kind: Kind, obj: Object, old: View) -> None:
    """A new generation where what is wanted has changed; kinds without one have none."""
    before = old["metadata"].get("generation")
    if before is None or obj["metadata"].get("generation") != before:
        return
    if changed(kind, obj, old):
        obj["metadata"]["generation"] = before + 1


def changed(kind: Kind, obj: View, old: View) -> bool:
    if kind.resource in GENERATION_COUNTS_ANNOTATIONS and (
        obj["metadata"].get("annotations") or {}
    ) != (old["metadata"].get("annotations") or {}):
        return True
    if kind.custom:
        return any(obj.get(n) != old.get(n) for n in {*obj, *old} if n != "metadata")
    if "spec" in obj or "spec" in old:
        return obj.get("spec") != old.get("spec")
    ignored = ("metadata", "status", "kind", "apiVersion")
    return any(obj.get(n) != old.get(n) for n in {*obj, *old} if n not in ignored)


def check_version(kind: Kind, obj: Object, revision: int) -> None:
    """The optimistic lock: ``obj`` names the version it was made from, or where allowed none."""
    meta = obj["metadata"]
    given = meta.get("resourceVersion", "")
    conditional = kind.custom or kind.resource in NEVER_UNCONDITIONAL
    if given in ("", "0") and not conditional:
        meta["resourceVersion"] = str(revision)
    elif given in ("", "0"):
        error = invalid("metadata.resourceVersion", 0, "must be specified for an update")
        name = f"{kind.plural}.{kind.group}" if kind.group else kind.plural
        raise Invalid(name, meta.get("name", ""), [error])
    elif given != str(revision):
        raise Conflict(kind.resource, meta.get("name", ""))


def check_uid(kind: Kind, obj: View, old: View, key: str) -> None:
    """An update that names a uid is for that object alone."""
    given, uid = obj["metadata"].get("uid"), old["metadata"]["uid"]
    if given and given != uid:
        why = (
            f"StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, "
            "AdditionalErrorMsg: Precondition failed: "
            f"UID in precondition: {given}, UID in object meta: {uid}"
        )
        raise Conflict(kind.resource, old["metadata"]["name"], why)


def should_delete(obj: View, old: View) -> bool:
    """Whether this update lets a deleted object go: its last finalizer is taken off."""
    if obj["metadata"].get("finalizers"):
        return False
    before = old["metadata"]
    return "deletionTimestamp" in before and not before.get("deletionGracePeriodSeconds")
