"""Namespace (v1).

Its label and its finalizer are the server's; only the ``finalize`` subresource takes the
finalizer off. Source: ``pkg/registry/core/namespace/strategy.go``.
"""

from collections.abc import Iterator

from onggi.api import names
from onggi.api.field_error import FieldError, invalid
from onggi.api.kind import Column, Kind, Subresource
from onggi.api.objects import Object, View, clone_value, get, is_going
from onggi.kinds.cells import AGE, NAME

NAME_LABEL = "kubernetes.io/metadata.name"
FINALIZER = "kubernetes"
STANDARD_FINALIZERS = (FINALIZER, "orphan", "foregroundDeletion")


def default(ns: Object) -> None:
    label(ns)
    status = ns.setdefault("status", {})
    if isinstance(status, dict) and not status.get("phase"):
        status["phase"] = "Active"


def label(ns: Object) -> None:
    """The name as a label; a generated name comes only after defaulting."""
    meta = ns.get("metadata") or {}
    if meta.get("name"):
        if meta.get("labels") is None:
            meta["labels"] = {}
        meta["labels"][NAME_LABEL] = meta["name"]


def prepare(ns: Object, old: View | None) -> None:
    label(ns)
    if old is None:
        ns["status"] = {"phase": "Active"}
        spec = ns.setdefault("spec", {})
        finalizers = spec.get("finalizers") or []
        spec["finalizers"] = [*(f for f in finalizers if f != FINALIZER), FINALIZER]
        return
    spec = ns.setdefault("spec", {})
    spec.pop("finalizers", None)
    if finalizers := get(old, "spec.finalizers"):
        spec["finalizers"] = clone_value(finalizers)


def prepare_finalize(ns: Object, old: View | None) -> None:
    """``finalize`` changes the finalizers, never the status."""
    if old is not None:
        ns["status"] = clone_value(old.get("status") or {})


def check(new: View, old: View | None) -> Iterator[FieldError]:
    if old is None:
        for finalizer in get(new, "spec.finalizers") or ():
            yield from check_finalizer(finalizer, "spec.finalizers")


def check_finalize(new: View, old: View | None) -> Iterator[FieldError]:
    for index, finalizer in enumerate(get(new, "spec.finalizers") or ()):
        yield from check_finalizer(finalizer, f"spec.finalizers[{index}]")


def check_finalizer(finalizer: str, path: str) -> Iterator[FieldError]:
    for message in names.qualified_name(finalizer):
        yield invalid(path, finalizer, message)
    if "/" not in finalizer and finalizer not in STANDARD_FINALIZERS:
        detail = "name is neither a standard finalizer name nor is it fully qualified"
        yield invalid(path, finalizer, detail)


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    phase = get(new, "status.phase") or ""
    going = is_going(new)
    if going and phase != "Terminating":
        detail = "may only be 'Terminating' if `deletionTimestamp` is not empty"
        yield invalid("status.Phase", phase, detail)
    elif not going and phase != "Active":
        detail = "may only be 'Active' if `deletionTimestamp` is empty"
        yield invalid("status.Phase", phase, detail)


NAMESPACE = Kind(
    group="",
    version="v1",
    name="Namespace",
    plural="namespaces",
    schema="io.k8s.api.core.v1.Namespace",
    namespaced=False,
    short=("ns",),
    verbs=("create", "delete", "get", "list", "patch", "update", "watch"),
    name_rule="label",
    derived=(default,),
    prepare=prepare,
    rules=(check,),
    status_rules=(check_status,),
    columns=(
        NAME,
        Column("Status", "status.phase", description="The status of the namespace"),
        AGE,
    ),
    selectable={"status.phase": "status.phase", "name": "metadata.name"},
    subresources=(
        Subresource(
            "finalize",
            "Namespace",
            ("update",),
            prepare=prepare_finalize,
            rules=(check_finalize,),
        ),
    ),
)
