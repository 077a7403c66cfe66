"""Environment variables and where they come from. Source: ValidateEnv, ValidateEnvFrom."""

from collections.abc import Iterator, Sequence

from onggi.api import names
from onggi.api.field_error import FieldError, invalid, required
from onggi.api.objects import View
from onggi.kinds.checks import named
from onggi.kinds.core.pod.rules.references import (
    ENV_FIELDS,
    check_field_ref,
    check_key_ref,
    check_local,
    check_resource_ref,
)

SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
NO_SOURCE = (
    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` "
    "or `fileKeyRef`"
)
MANY = "may not have more than one field specified at a time"


def check_env(variables: Sequence[View], path: str) -> Iterator[FieldError]:
    for index, variable in enumerate(variables):
        at = f"{path}[{index}]"
        if not variable.get("name"):
            yield required(f"{at}.name")
        else:
            yield from named(f"{at}.name", variable["name"], names.env_name)
        if (source := variable.get("valueFrom")) is not None:
            yield from check_source(source, f"{at}.valueFrom")
            yield from check_count(source, variable.get("value"), f"{at}.valueFrom")


def check_source(source: View, path: str) -> Iterator[FieldError]:
    if (ref := source.get("fieldRef")) is not None:
        yield from check_field_ref(ref, ENV_FIELDS, f"{path}.fieldRef")
    if (ref := source.get("resourceFieldRef")) is not None:
        yield from check_resource_ref(ref, f"{path}.resourceFieldRef", in_volume=False)
    for name in ("configMapKeyRef", "secretKeyRef"):
        if (ref := source.get(name)) is not None:
            yield from check_key_ref(ref, f"{path}.{name}")
    if (ref := source.get("fileKeyRef")) is not None:
        yield from check_file_ref(ref, f"{path}.fileKeyRef")


def check_file_ref(ref: View, path: str) -> Iterator[FieldError]:
    if not ref.get("volumeName"):
        yield required(f"{path}.volumeName")
    else:
        yield from named(f"{path}.volumeName", ref["volumeName"], names.dns_label)
    if not ref.get("key"):
        yield required(f"{path}.key")
    else:
        yield from named(f"{path}.key", ref["key"], names.env_name)
    if not ref.get("path"):
        yield required(f"{path}.path")
    else:
        yield from check_local(ref["path"], f"{path}.path")


def check_count(source: View, value: str | None, path: str) -> Iterator[FieldError]:
    count = sum(source.get(name) is not None for name in SOURCES)
    if not count:
        yield invalid(path, "", NO_SOURCE)
    elif value:
        yield invalid(path, "", "may not be specified when `value` is not empty")
    elif count > 1:
        yield invalid(path, "", MANY)


def check_env_from(sources: Sequence[View], path: str) -> Iterator[FieldError]:
    for index, source in enumerate(sources):
        at = f"{path}[{index}]"
        if source.get("prefix"):
            yield from named(f"{at}.prefix", source["prefix"], names.env_name)
        refs = [name for name in ("configMapRef", "secretRef") if source.get(name) is not None]
        for ref in refs:
            yield from check_env_source(source[ref].get("name") or "", f"{at}.{ref}.name")
        if not refs:
            yield invalid(path, "", "must specify one of: `configMapRef` or `secretRef`")
        elif len(refs) > 1:
            yield invalid(path, "", MANY)


def check_env_source(name: str, path: str) -> Iterator[FieldError]:
    if not name:
        yield required(path)
        return
    for message in names.RULES["subdomain"](name, True):
        yield invalid(path, name, message)
