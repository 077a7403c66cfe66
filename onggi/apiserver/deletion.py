"""What a DELETE does to an object: nothing, a mark, or the end of it. Pure.

Source: ``k8s.io/apiserver/pkg/registry/rest/delete.go`` (BeforeDelete),
``pkg/registry/generic/registry/store.go`` (Delete), and for the two kinds with ways of
their own ``pkg/registry/core/{pod/strategy,namespace/storage/storage}.go``.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from onggi.api.errors import BadRequest, Conflict
from onggi.api.field_error import FieldError, invalid, not_supported
from onggi.api.http import Request
from onggi.api.kind import Kind
from onggi.api.meta import FOREGROUND, ORPHAN
from onggi.api.objects import Object, View, clone, get
from onggi.api.times import parse, stamp
from onggi.apiserver.options import dry_run_errors, integer, refuse
from onggi.apiserver.strategy import qualified
from onggi.kinds.apiextensions.crd.kind import CRD, marked

POLICIES = ("Foreground", "Background", "Orphan")
WITHOUT_COLLECTION = {"events", "events.events.k8s.io"}  # they have no dependents
ORPHANING = {"replicationcontrollers", "jobs.batch"}  # unless the client says otherwise
RETURNED = {"pods", "services", "serviceaccounts"}  # answered with the object itself
JOB_PODS_STAY = (
    "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background "
    "to remove them or set propagationPolicy=Orphan to suppress this warning"
)
MARK_FINALIZERS = (ORPHAN, FOREGROUND)


class DeleteOptions(NamedTuple):
    """``grace`` is in seconds; ``uid`` and ``version`` are preconditions."""

    grace: int | None = None
    uid: str | None = None
    version: str | None = None
    orphan: bool | None = None
    policy: str | None = None
    dry_run: bool = False


class Outcome(NamedTuple):
    """Write ``mark`` unless it is None; then delete the object if it is to ``end``."""

    mark: Object | None
    end: bool


def options_of(body: View, request: Request) -> DeleteOptions:
    """From the body, or where there is none from the query; raises Invalid, BadRequest."""
    if body and body.get("kind", "DeleteOptions") != "DeleteOptions":
        raise BadRequest("decoded object cannot be converted to DeleteOptions")
    given: View = body or from_query(request)
    preconditions = typed(given, "preconditions", dict) or {}
    dry_run = [*(typed(given, "dryRun", list) or ()), *request.query.get("dryRun", ())]
    found = DeleteOptions(
        grace=typed(given, "gracePeriodSeconds", int),
        uid=typed(preconditions, "uid", str),
        version=typed(preconditions, "resourceVersion", str),
        orphan=typed(given, "orphanDependents", bool),
        policy=typed(given, "propagationPolicy", str),
        dry_run=bool(dry_run),
    )
    refuse("DeleteOptions", [*errors(found), *dry_run_errors(dry_run)])
    return found


def from_query(request: Request) -> Object:
    given: Object = {}
    if grace := request.argument("gracePeriodSeconds"):
        given["gracePeriodSeconds"] = integer(grace)
    if policy := request.argument("propagationPolicy"):
        given["propagationPolicy"] = policy
    if "orphanDependents" in request.query:
        given["orphanDependents"] = request.flag("orphanDependents")
    return given


def written(options: DeleteOptions) -> Object:
    """As a ``DeleteOptions`` says it, for admission."""
    given: Object = {
        "gracePeriodSeconds": options.grace,
        "orphanDependents": options.orphan,
        "propagationPolicy": options.policy,
    }
    conditions = {"uid": options.uid, "resourceVersion": options.version}
    found = {name: value for name, value in given.items() if value is not None}
    if given_conditions := {k: v for k, v in conditions.items() if v is not None}:
        found["preconditions"] = given_conditions
    return {**found, "dryRun": ["All"]} if options.dry_run else found


def typed(given: View, name: str, kind: type) -> Any:
    value = given.get(name)
    if value is None or (isinstance(value, kind) and not (kind is int and value in (True, False))):
        return value
    if kind is int and type(value) is int:
        return value
    raise BadRequest(f"json: cannot unmarshal into Go struct field DeleteOptions.{name}")


def errors(options: DeleteOptions) -> list[FieldError]:
    found = []
    if options.orphan is not None and options.policy is not None:
        why = "orphanDependents and deletionPropagation cannot be both set"
        found.append(invalid("propagationPolicy", options.policy, why))
    if options.policy is not None and options.policy not in POLICIES:
        allowed = (*POLICIES, "nil")
        found.append(not_supported("propagationPolicy", options.policy, allowed))
    return found


def decide(kind: Kind, obj: View, options: DeleteOptions, now: datetime) -> Outcome:
    """``obj`` is the object as it is stored. Raises Conflict."""
    check_preconditions(kind, obj, options)
    if kind.resource == "namespaces":
        return _namespace(kind, obj, options, now)
    if kind is CRD and "deletionTimestamp" not in obj["metadata"]:
        return _definition(obj, now)
    return _object(kind, obj, options, now)


def check_preconditions(kind: Kind, obj: View, options: DeleteOptions) -> None:
    meta = obj["metadata"]
    if options.uid is not None and options.uid != meta["uid"]:
        why = (
            f"the UID in the precondition ({options.uid}) does not match the UID in record "
            f"({meta['uid']}). The object might have been deleted and then recreated"
        )
        raise Conflict(qualified(kind), meta["name"], why)
    if options.version is not None and options.version != meta["resourceVersion"]:
        why = (
            f"the ResourceVersion in the precondition ({options.version}) does not match the "
            f"ResourceVersion in record ({meta['resourceVersion']}). The object might have been "
            "modified"
        )
        raise Conflict(qualified(kind), meta["name"], why)


def _namespace(kind: Kind, obj: View, options: DeleteOptions, now: datetime) -> Outcome:
    """Terminating first; what is inside goes before the namespace does."""
    if "deletionTimestamp" not in obj["metadata"]:
        new = clone(obj)
        new["metadata"]["deletionTimestamp"] = stamp(now)
        new["status"] = {**(new.get("status") or {}), "phase": "Terminating"}
        _set_finalizers(new["metadata"], finalizers(kind, obj, options))
        return Outcome(new, end=False)
    if get(obj, "spec.finalizers"):
        return Outcome(None, end=False)
    return _object(kind, obj, options, now)


def _definition(obj: View, now: datetime) -> Outcome:
    """Terminating first; its custom resources go before the definition does."""
    new = clone(obj)
    new["metadata"]["deletionTimestamp"] = stamp(now)
    marked(new, now)
    return Outcome(new, end=False)


def _object(kind: Kind, obj: View, options: DeleteOptions, now: datetime) -> Outcome:
    new: Object = {**obj, "metadata": {**obj["metadata"]}}  # all that is written to
    meta = new["metadata"]
    grace = gracefully(kind, new, options, now)
    if grace == PENDING:
        return Outcome(None, end=False)
    _set_finalizers(meta, finalizers(kind, obj, options))
    if grace is not None:
        return Outcome(new, end=grace == 0 and not meta.get("finalizers"))
    if not meta.get("finalizers"):
        return Outcome(None, end=True)
    mark(meta, now)
    return Outcome(new, end=False)


PENDING = -1


def gracefully(kind: Kind, new: Object, options: DeleteOptions, now: datetime) -> int | None:
    """Mark a pod for its grace period, and return that in seconds.

    None where the kind knows no grace; PENDING where it is going already, no later than asked.
    """
    meta = new["metadata"]
    if kind.resource != "pods":
        return None
    asked = options.grace if options.grace is None or options.grace >= 0 else 1
    if "deletionTimestamp" not in meta:
        period = grace_of(new, asked)
        meta["deletionTimestamp"] = stamp(now + timedelta(seconds=period))
        meta["deletionGracePeriodSeconds"] = period
        if meta.get("generation"):
            meta["generation"] += 1
        return period
    left = meta.get("deletionGracePeriodSeconds")
    if not left:
        return None
    if asked is None or asked >= left:
        return PENDING
    return _shorten(meta, left, asked, now)


def _shorten(meta: Object, left: int, asked: int, now: datetime) -> int:
    when = parse(meta["deletionTimestamp"]) + timedelta(seconds=asked - left)
    if when < now:
        when, asked = now, 1 if asked else 0
    meta["deletionTimestamp"] = stamp(when)
    meta["deletionGracePeriodSeconds"] = asked
    return asked


def grace_of(pod: View, asked: int | None) -> int:
    """The seconds that a pod may take to stop; none where nothing runs."""
    period = asked if asked is not None else get(pod, "spec.terminationGracePeriodSeconds", 0)
    if not get(pod, "spec.nodeName") or get(pod, "status.phase") in ("Failed", "Succeeded"):
        return 0
    return period if period >= 0 else 1


def mark(meta: Object, now: datetime) -> None:
    """Being deleted: it stays until its finalizers are gone."""
    if "deletionTimestamp" not in meta and meta.get("generation"):
        meta["generation"] += 1
    if "deletionTimestamp" not in meta or parse(meta["deletionTimestamp"]) > now:
        meta["deletionTimestamp"] = stamp(now)
    meta["deletionGracePeriodSeconds"] = 0


def finalizers(kind: Kind, obj: View, options: DeleteOptions) -> list[str]:
    """The object's finalizers, with those of the garbage collector as the options want."""
    present = obj["metadata"].get("finalizers") or []
    wanted = collector_finalizer(kind, present, options)
    if {f for f in present if f in MARK_FINALIZERS} == ({wanted} if wanted else set()):
        return list(present)
    kept = [f for f in present if f not in MARK_FINALIZERS]
    return [*kept, wanted] if wanted else kept


def collector_finalizer(kind: Kind, present: list[str], options: DeleteOptions) -> str:
    if kind.resource in WITHOUT_COLLECTION:
        return ""
    if options.orphan is not None:
        return ORPHAN if options.orphan else ""
    if options.policy is not None:
        return {"Orphan": ORPHAN, "Foreground": FOREGROUND}.get(options.policy, "")
    usual = ORPHAN if kind.resource in ORPHANING else ""
    return next((f for f in present if f in MARK_FINALIZERS), usual)


def advise(kind: Kind, obj: View, options: DeleteOptions) -> list[str]:
    """What is kept although hardly anybody wants it to be. ReplicationControllers are silent."""
    said = options.orphan is not None or options.policy is not None
    marked = any(f in MARK_FINALIZERS for f in obj["metadata"].get("finalizers") or ())
    return [JOB_PODS_STAY] if kind.resource == "jobs.batch" and not said and not marked else []


def _set_finalizers(meta: Object, wanted: list[str]) -> None:
    if wanted:
        meta["finalizers"] = wanted
    else:
        meta.pop("finalizers", None)
