"""ControllerRevision (apps/v1): what a DaemonSet or StatefulSet once looked like.

Source: ``pkg/apis/apps/validation/validation.go`` (ValidateControllerRevision),
``printControllerRevision`` in ``pkg/printers/internalversion/printers.go``.
"""

from collections.abc import Iterator
from datetime import datetime

from onggi.api.field_error import FieldError, required
from onggi.api.kind import Column, Kind
from onggi.api.objects import View
from onggi.kinds.apps.claim import controller_of
from onggi.kinds.cells import AGE, NAME, NONE
from onggi.kinds.checks import non_negative


def owner(revision: View, now: datetime) -> str:
    """``daemonset.apps/web``"""
    reference = controller_of(revision)
    if reference is None:
        return NONE
    group = (reference.get("apiVersion") or "").rpartition("/")[0]
    kind = (reference.get("kind") or "").lower()
    return f"{kind}.{group}/{reference.get('name')}" if group else f"{kind}/{reference.get('name')}"


def check(new: View, old: View | None) -> Iterator[FieldError]:
    if new.get("data") is None:
        yield required("data", "data is mandatory")
    yield from non_negative("revision", new.get("revision"))


CONTROLLERREVISION = Kind(
    group="apps",
    version="v1",
    name="ControllerRevision",
    plural="controllerrevisions",
    schema="io.k8s.api.apps.v1.ControllerRevision",
    status=False,
    immutable=("data",),
    rules=(check,),
    columns=(
        NAME,
        Column("Controller", owner, description="Controller of the object"),
        Column("Revision", "revision",
               description="@io.k8s.api.apps.v1.ControllerRevision.revision"),
        AGE,
    ),
)  # fmt: skip
