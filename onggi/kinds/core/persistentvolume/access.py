"""What volumes and claims have in common: who may mount them, their mode, their class.

Source: ``pkg/apis/core/validation/validation.go``, ``pkg/apis/core/helper/helpers.go``
(GetAccessModesAsString, GetPersistentVolumeClass, GetPersistentVolumeClaimClass).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from onggi.api import names, quantity
from onggi.api.field_error import FieldError, forbidden, invalid, not_supported, required
from onggi.api.objects import View, get, is_going
from onggi.kinds.checks import NOT_POSITIVE, named, optional_choice
from onggi.kinds.core.pod.rules.resources import amount_of

OLD_CLASS = "volume.beta.kubernetes.io/storage-class"
OLD_CLASS_TEXT = (
    f"metadata.annotations[{OLD_CLASS}]: deprecated since v1.8; "
    'use "storageClassName" attribute instead'
)
ONE_POD = "ReadWriteOncePod"
# In the order in which they are shown.
SHORT = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", ONE_POD: "RWOP"}
VOLUME_MODES = ("Block", "Filesystem")
UNSET = "<unset>"


def check_access(modes: Sequence[str], path: str) -> Iterator[FieldError]:
    for mode in modes:
        if mode not in SHORT:
            yield not_supported(path, mode, sorted(SHORT))
    if ONE_POD in modes and any(mode in SHORT and mode != ONE_POD for mode in modes):
        yield forbidden(path, "may not use ReadWriteOncePod with other access modes")


def check_volume_mode(spec: View, path: str) -> Iterator[FieldError]:
    yield from optional_choice(f"{path}.volumeMode", spec.get("volumeMode"), VOLUME_MODES)


def check_class(spec: View, field: str, path: str) -> Iterator[FieldError]:
    """A class by name; an empty one means none."""
    if name := spec.get(field):
        yield from named(f"{path}.{field}", name, names.dns_subdomain)


def check_positive(amount: Any, path: str) -> Iterator[FieldError]:
    found = amount_of(amount)
    if found.nano <= 0:
        yield invalid(path, str(found), NOT_POSITIVE)


def check_basic_amount(amount: Any, path: str) -> Iterator[FieldError]:
    value = amount_of(amount).value()
    if value < 0:
        yield invalid(path, value, "must be a valid resource quantity")


def check_present(value: Any, path: str, detail: str = "") -> Iterator[FieldError]:
    if not value:
        yield required(path, detail)


def storage(obj: View, path: str) -> str:
    """The amount under ``storage`` of a resource list, as it is printed."""
    amounts = get(obj, path) or {}
    return str(quantity.parse(quantity.spelled(amounts["storage"]))) if "storage" in amounts else ""


def shown_access(modes: Sequence[str] | None) -> str:
    """``RWO,RWX``"""
    return ",".join(short for mode, short in SHORT.items() if mode in (modes or ()))


def class_of(obj: View) -> str:
    """The storage class of a volume or a claim: the old annotation first."""
    annotations = get(obj, "metadata.annotations") or {}
    return annotations.get(OLD_CLASS) or get(obj, "spec.storageClassName") or ""


def phase(obj: View) -> str:
    if is_going(obj):
        return "Terminating"
    return get(obj, "status.phase") or ""


def shown_bytes(amounts: View | None, path: str) -> Iterator[str]:
    """A warning for half a byte."""
    if not amounts or "storage" not in amounts:
        return
    amount = quantity.parse(quantity.spelled(amounts["storage"]))
    if amount.milli() % 1000:
        yield f'{path}[storage]: fractional byte value "{amount}" is invalid, must be an integer'
