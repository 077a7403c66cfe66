"""VolumeAttributesClass (storage.k8s.io/v1): what may be changed of a volume while it is used.

Source: ``pkg/apis/storage/validation/validation.go``, ``pkg/apis/storage/util/helpers.go``.
"""

from collections.abc import Iterator
from datetime import datetime

from onggi.api.field_error import FieldError, forbidden, required
from onggi.api.kind import Column, Kind
from onggi.api.objects import View, get
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.storage.storageclass import check_parameters, check_provisioner

DEFAULT_MARK = "storageclass.kubernetes.io/is-default-class"


def check(new: View, old: View | None) -> Iterator[FieldError]:
    yield from check_provisioner(new.get("driverName") or "", "spec.driverName")
    parameters = new.get("parameters") or {}
    yield from check_parameters(parameters, "spec.parameters")
    if not parameters:
        yield required("spec.parameters", "must contain at least one key/value pair")
    if old is None:
        return
    for field in ("driverName", "parameters"):
        if (new.get(field) or None) != (old.get(field) or None):
            yield forbidden(field, f"updates to {field} are forbidden.")


def shown_name(attributes: View, now: datetime) -> str:
    name = get(attributes, "metadata.name") or ""
    annotations = get(attributes, "metadata.annotations") or {}
    return f"{name} (default)" if annotations.get(DEFAULT_MARK) == "true" else name


VOLUMEATTRIBUTESCLASS = Kind(
    group="storage.k8s.io",
    version="v1",
    name="VolumeAttributesClass",
    plural="volumeattributesclasses",
    schema="io.k8s.api.storage.v1.VolumeAttributesClass",
    namespaced=False,
    short=("vac",),
    status=False,
    rules=(check,),
    columns=(
        NAME._replace(value=shown_name),
        Column("DriverName", "driverName",
               description="@io.k8s.api.storage.v1.VolumeAttributesClass.driverName"),
        AGE,
    ),
)  # fmt: skip
