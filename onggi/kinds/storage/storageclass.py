"""StorageClass (storage.k8s.io/v1): who makes volumes for claims, and how.

Source: ``pkg/apis/storage/validation/validation.go``, ``pkg/apis/storage/v1/defaults.go``,
``pkg/apis/storage/util/helpers.go``.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from onggi.api import names
from onggi.api.field_error import (
    FieldError,
    duplicate,
    invalid,
    not_supported,
    required,
    too_long,
)
from onggi.api.kind import Column, Default, Kind
from onggi.api.objects import View, get
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.checks import named, optional_choice

CLASS = "@io.k8s.api.storage.v1.StorageClass"
PARAMETERS, PARAMETER_BYTES = 512, 256 * 1024
MODES, POLICIES = ("Immediate", "WaitForFirstConsumer"), ("Delete", "Retain")
# Either makes a class the default one.
DEFAULT_MARKS = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)


def check(new: View, old: View | None) -> Iterator[FieldError]:
    yield from check_provisioner(new.get("provisioner") or "", "provisioner")
    yield from check_parameters(new.get("parameters") or {}, "parameters")
    policy = new.get("reclaimPolicy") or None
    yield from optional_choice("reclaimPolicy", policy, POLICIES)
    mode = new.get("volumeBindingMode")
    if mode is None:
        yield required("volumeBindingMode")
    elif mode not in MODES:
        yield not_supported("volumeBindingMode", mode, MODES)
    yield from check_topologies(new.get("allowedTopologies") or (), "allowedTopologies")


def check_provisioner(name: str, path: str) -> Iterator[FieldError]:
    if not name:
        yield required(path)
    else:
        yield from named(path, name.lower(), names.qualified_name)


def check_parameters(parameters: Mapping[str, str], path: str) -> Iterator[FieldError]:
    if len(parameters) > PARAMETERS:
        yield too_long(path, PARAMETERS)
        return
    if "" in parameters:
        yield invalid(path, "", "field can not be empty.")
    size = sum(names.size(key) + names.size(value or "") for key, value in parameters.items())
    if size > PARAMETER_BYTES:
        yield too_long(path, PARAMETER_BYTES)


def check_topologies(terms: Any, path: str) -> Iterator[FieldError]:
    seen: list[dict[str, frozenset[str]]] = []
    for index, term in enumerate(terms):
        at, requirements = f"{path}[{index}].matchLabelExpressions", dict[str, frozenset[str]]()
        for place, item in enumerate(term.get("matchLabelExpressions") or ()):
            key = item.get("key") or ""
            yield from check_requirement(item, f"{at}[{place}]")
            if key in requirements:
                yield duplicate(f"{at}[{place}].key", key)
            requirements[key] = frozenset(item.get("values") or ())
        if requirements in seen:
            yield duplicate(at, "")
        seen.append(requirements)


def check_requirement(item: View, path: str) -> Iterator[FieldError]:
    values = item.get("values") or ()
    if not values:
        yield required(f"{path}.values")
    for index, value in enumerate(values):
        if value in values[:index]:
            yield duplicate(f"{path}.values[{index}]", value)
    yield from named(f"{path}.key", item.get("key") or "", names.label_key)


def is_default(storage_class: View) -> bool:
    annotations = get(storage_class, "metadata.annotations") or {}
    return any(annotations.get(mark) == "true" for mark in DEFAULT_MARKS)


def shown_name(storage_class: View, now: datetime) -> str:
    name = get(storage_class, "metadata.name") or ""
    return f"{name} (default)" if is_default(storage_class) else name


STORAGECLASS = Kind(
    group="storage.k8s.io",
    version="v1",
    name="StorageClass",
    plural="storageclasses",
    schema="io.k8s.api.storage.v1.StorageClass",
    namespaced=False,
    short=("sc",),
    status=False,
    defaults=(
        Default("reclaimPolicy", "Delete"),
        Default("volumeBindingMode", "Immediate"),
    ),
    immutable=("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"),
    rules=(check,),
    columns=(
        NAME._replace(value=shown_name),
        Column("Provisioner", "provisioner", description=f"{CLASS}.provisioner"),
        Column("ReclaimPolicy", lambda sc, now: sc.get("reclaimPolicy") or "Delete",
               description=f"{CLASS}.reclaimPolicy"),
        Column("VolumeBindingMode", lambda sc, now: sc.get("volumeBindingMode") or "Immediate",
               description=f"{CLASS}.volumeBindingMode"),
        Column("AllowVolumeExpansion", lambda sc, now: bool(sc.get("allowVolumeExpansion")),
               description=f"{CLASS}.allowVolumeExpansion"),
        AGE,
    ),
)  # fmt: skip
