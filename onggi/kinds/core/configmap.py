"""ConfigMap (v1)."""

from collections.abc import Iterator
from datetime import datetime

from onggi.api.field_error import FieldError, forbidden, invalid, too_long
from onggi.api.kind import Column, Kind
from onggi.api.names import config_key, size
from onggi.api.objects import View
from onggi.kinds.cells import AGE, NAME

SIZE_LIMIT = 1024 * 1024
FROZEN = "field is immutable when `immutable` is set"


def count(config: View, now: datetime) -> int:
    return len(config.get("data") or ()) + len(config.get("binaryData") or ())


def check(new: View, old: View | None) -> Iterator[FieldError]:
    """Source: ValidateConfigMap."""
    data, binary = new.get("data") or {}, new.get("binaryData") or {}
    for key in data:
        for message in config_key(key):
            yield invalid(f"data[{key}]", key, message)
        if key in binary:
            yield invalid(f"data[{key}]", key, "duplicate of key present in binaryData")
    for key in binary:
        for message in config_key(key):
            yield invalid(f"binaryData[{key}]", key, message)
    total = sum(map(size, data.values())) + sum(map(decoded_size, binary.values()))
    if total > SIZE_LIMIT:
        yield too_long("", SIZE_LIMIT)


def decoded_size(text: str) -> int:
    """Bytes that base64 stands for."""
    return len(text) * 3 // 4 - text.count("=")


def stays(new: View, old: View | None) -> Iterator[FieldError]:
    """What ``immutable: true`` in the old object forbids; for Secrets too."""
    if old is None or not old.get("immutable"):
        return
    if not new.get("immutable"):
        yield forbidden("immutable", FROZEN)
    for field in ("data", "binaryData"):
        if (new.get(field) or {}) != (old.get(field) or {}):
            yield forbidden(field, FROZEN)


CONFIGMAP = Kind(
    group="",
    version="v1",
    name="ConfigMap",
    plural="configmaps",
    schema="io.k8s.api.core.v1.ConfigMap",
    short=("cm",),
    status=False,
    rules=(stays, check),
    columns=(
        NAME,
        Column("Data", count, description="@io.k8s.api.core.v1.ConfigMap.data"),
        AGE,
    ),
)
