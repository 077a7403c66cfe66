"""VolumeAttachment (storage.k8s.io/v1): a volume that is to be attached to a node.

Its attacher (a driver's own program) does it and says so in the status.
Source: ``pkg/apis/storage/validation/validation.go``,
``pkg/registry/storage/volumeattachment/strategy.go``.
"""

from collections.abc import Iterator

from onggi.api import names
from onggi.api.field_error import FieldError, forbidden, immutable, invalid, required, too_long
from onggi.api.kind import Column, Kind
from onggi.api.objects import Object, View, get
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.checks import INT32, named, node_name
from onggi.kinds.core.persistentvolume.rules import check_inline
from onggi.kinds.core.persistentvolume.sources import check_driver
from onggi.kinds.fill import keep_metadata

SPEC = "@io.k8s.api.storage.v1.VolumeAttachmentSpec"
METADATA, MESSAGE = 256 * 1024, 1024
ONE = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec = new.get("spec") or {}
    yield from check_driver(spec.get("attacher") or "", "spec.attacher")
    yield from check_source(spec.get("source") or {}, "spec.source")
    yield from named("spec.nodeName", spec.get("nodeName") or "", node_name)
    if (volume := get(spec, "source.persistentVolumeName")) is not None:
        yield from named("spec.source.persistentVolumeName", volume, names.dns_subdomain)
    yield from check_status(new, old)
    if old is not None and spec != old.get("spec"):
        yield immutable("spec", spec)


def check_source(source: View, path: str) -> Iterator[FieldError]:
    volume, inline = source.get("persistentVolumeName"), source.get("inlineVolumeSpec")
    if volume is None and inline is None:
        yield required(path, ONE)
    elif volume is not None and inline is not None:
        yield forbidden(path, ONE)
    elif inline is not None:
        yield from check_inline(inline, f"{path}.inlineVolumeSpec")
    elif not volume:
        detail = "must specify non empty persistentVolumeName"
        yield required(f"{path}.persistentVolumeName", detail)


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    status = new.get("status") or {}
    found = status.get("attachmentMetadata") or {}
    if sum(names.size(key) + names.size(value or "") for key, value in found.items()) > METADATA:
        yield too_long("status.attachmentMetadata", METADATA)
    for field in ("attachError", "detachError"):
        error = status.get(field) or {}
        if names.size(error.get("message") or "") > MESSAGE:
            yield too_long(f"status.{field}.message", MESSAGE)
        code = error.get("errorCode")
        if code is not None and code < 0:
            yield invalid(f"status.{field}.errorCode", code, names.between(0, INT32))


def prepare(attachment: Object, old: View | None) -> None:
    if old is None:
        attachment["status"] = {"attached": False}


VOLUMEATTACHMENT = Kind(
    group="storage.k8s.io",
    version="v1",
    name="VolumeAttachment",
    plural="volumeattachments",
    schema="io.k8s.api.storage.v1.VolumeAttachment",
    namespaced=False,
    prepare=prepare,
    prepare_status=keep_metadata,
    rules=(check,),
    status_rules=(check_status,),
    columns=(
        NAME,
        # Upstream marks it as a name too; a table has one.
        Column("Attacher", "spec.attacher", description=f"{SPEC}.attacher"),
        Column("PV", "spec.source.persistentVolumeName",
               description="@io.k8s.api.storage.v1.VolumeAttachmentSource.persistentVolumeName"),
        Column("Node", "spec.nodeName", description=f"{SPEC}.nodeName"),
        Column("Attached", lambda va, now: bool(get(va, "status.attached")), "boolean",
               description="@io.k8s.api.storage.v1.VolumeAttachmentStatus.attached"),
        AGE,
    ),
)  # fmt: skip
