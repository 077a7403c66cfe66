"""References from a pod: to its own fields, to keys, to paths inside a volume.

Source: ``pkg/apis/core/validation/validation.go`` (validateObjectFieldSelector,
validateContainerResourceFieldSelector, ValidateLocalNonReservedPath).
"""

import re
from collections.abc import Iterator, Sequence

from onggi.api import names
from onggi.api.field_error import FieldError, invalid, not_supported, required
from onggi.api.objects import View
from onggi.kinds.checks import named
from onggi.kinds.core.pod.rules.resources import amount_of

ENV_FIELDS = (
    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName",
    "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP",
    "status.podIPs",
)  # fmt: skip
FILE_FIELDS = (
    "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace",
    "metadata.uid",
)  # fmt: skip
# Labels of fields that conversion knows, whether or not they are allowed here.
KNOWN_FIELDS = {
    *ENV_FIELDS, *FILE_FIELDS, "spec.restartPolicy", "spec.schedulerName", "status.phase",
}  # fmt: skip
OLD_NAMES = {"spec.host": "spec.nodeName"}
RESOURCES = (
    "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu",
    "requests.ephemeral-storage", "requests.memory",
)  # fmt: skip
HUGE_PAGES = ("limits.hugepages-", "requests.hugepages-")
SUBSCRIPTED = re.compile(r"(.*)\['([^']*)'\]")
SIZES = ("1", *(f"1{s}" for s in "kMGTPE"), *(f"1{s}i" for s in "KMGTPE"))
SIZES_TEXT = "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei"
FILE_MODE = "must be a number between 0 and 0777 (octal), both inclusive"


def check_field_ref(ref: View, allowed: Sequence[str], path: str) -> Iterator[FieldError]:
    if not ref.get("apiVersion"):
        yield required(f"{path}.apiVersion")
        return
    field = ref.get("fieldPath") or ""
    field = OLD_NAMES.get(field, field)
    if not field:
        yield required(f"{path}.fieldPath")
        return
    if ref["apiVersion"] != "v1":
        detail = f"error converting fieldPath: unsupported pod version: {ref['apiVersion']}"
        yield invalid(f"{path}.fieldPath", field, detail)
    elif match := SUBSCRIPTED.fullmatch(field):
        yield from check_subscript(match[1], match[2], path)
    elif field not in KNOWN_FIELDS:
        detail = f"error converting fieldPath: field label not supported: {field}"
        yield invalid(f"{path}.fieldPath", field, detail)
    elif field not in allowed:
        yield not_supported(f"{path}.fieldPath", field, allowed)


def check_subscript(field: str, key: str, path: str) -> Iterator[FieldError]:
    if field == "metadata.annotations":
        yield from named(path, key.lower(), names.qualified_name)
    elif field == "metadata.labels":
        yield from named(path, key, names.qualified_name)
    else:
        whole = f"{field}['{key}']"
        detail = f"error converting fieldPath: field label does not support subscript: {whole}"
        yield invalid(f"{path}.fieldPath", whole, detail)


def check_resource_ref(ref: View, path: str, *, in_volume: bool) -> Iterator[FieldError]:
    resource = ref.get("resource") or ""
    if in_volume and not ref.get("containerName"):
        yield required(f"{path}.containerName")
    elif not resource:
        yield required(f"{path}.resource")
    elif resource not in RESOURCES and not resource.startswith(HUGE_PAGES):
        yield not_supported(f"{path}.resource", resource, RESOURCES)
    yield from check_divisor(resource, ref.get("divisor") or "0", path)


def check_divisor(resource: str, divisor: str, path: str) -> Iterator[FieldError]:
    amount = amount_of(divisor)
    if not amount:
        return
    name = resource.partition(".")[2]
    if name == "cpu":
        if amount.text not in ("1", "1m"):
            detail = "only divisor's values 1m and 1 are supported with the cpu resource"
            yield invalid(f"{path}.divisor", resource, detail)
        return
    words = {"memory": "memory", "ephemeral-storage": "local ephemeral storage"}
    word = "hugepages" if name.startswith("hugepages-") else words.get(name)
    if word and amount.text not in SIZES:
        detail = f"only divisor's values {SIZES_TEXT} are supported with the {word} resource"
        yield invalid(f"{path}.divisor", resource, detail)


def check_key_ref(ref: View, path: str) -> Iterator[FieldError]:
    """A key of a ConfigMap or a Secret, for an environment variable."""
    yield from named(f"{path}.name", ref.get("name") or "", names.dns_subdomain)
    if not ref.get("key"):
        yield required(f"{path}.key")
    else:
        yield from named(f"{path}.key", ref["key"], names.config_key)


def check_mode(mode: int | None, path: str) -> Iterator[FieldError]:
    if mode is not None and not 0 <= mode <= 0o777:
        yield invalid(path, mode, FILE_MODE)


def check_descending(target: str, path: str) -> Iterator[FieldError]:
    """Relative, and never upwards."""
    if target.startswith("/"):
        yield invalid(path, target, "must be a relative path")
    yield from check_no_backsteps(target, path)


def check_no_backsteps(target: str, path: str) -> Iterator[FieldError]:
    if ".." in target.split("/"):
        yield invalid(path, target, "must not contain '..'")


def check_local(target: str, path: str) -> Iterator[FieldError]:
    """A file's path inside a volume that the node writes: names with ``..`` are its own."""
    yield from check_descending(target, path)
    if target.startswith("..") and not target.startswith("../"):
        yield invalid(path, target, "must not start with '..'")
