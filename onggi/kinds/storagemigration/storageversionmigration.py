"""StorageVersionMigration (storagemigration.k8s.io/v1): store all objects of a resource anew.

Source: ``pkg/apis/storagemigration/validation/validation.go``.
"""

from collections.abc import Iterator

from onggi.api.field_error import FieldError, invalid
from onggi.api.kind import Column, Kind
from onggi.api.names import dns_1035_label, dns_subdomain
from onggi.api.objects import View, get
from onggi.kinds.cells import NAME
from onggi.kinds.conditions import check_conditions
from onggi.kinds.fill import first_status

CONDITIONS = "status.conditions"
# (a state, what may not be beside it, what upstream says)
APART = (
    ("Failed", "Both success and failed conditions cannot be true at the same time"),
    ("Running", "Running condition cannot be true when success condition is true"),
)


def check(new: View, old: View | None) -> Iterator[FieldError]:
    resource, group = names_of(new)
    if messages := dns_1035_label(resource):
        yield invalid("spec.resource.resource", resource, ",".join(messages))
    if group and (messages := dns_subdomain(group)):
        yield invalid("spec.resource.group", group, ",".join(messages))
    if old is None:
        return
    before = names_of(old)
    for field, after, was in (("group", group, before[1]), ("resource", resource, before[0])):
        if after != was:
            yield invalid(field, after, "field is immutable")


def names_of(migration: View) -> tuple[str, str]:
    resource = get(migration, "spec.resource") or {}
    return resource.get("resource") or "", resource.get("group") or ""


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    version = get(new, "status.resourceVersion") or ""
    before = get(old or {}, "status.resourceVersion") or ""
    path = "status.resourceVersion"
    if not (version.isascii() and version.isdigit() and not version.startswith("0")):
        yield invalid(path, version, f"resource version is not well formed: {version}")
    conditions = get(new, CONDITIONS) or ()
    yield from check_conditions(conditions, CONDITIONS)
    if before and version != before:
        yield invalid(path, version, "field is immutable")
    yield from check_states(true_of(new), true_of(old or {}), list(conditions))


def check_states(after: set[str], before: set[str], conditions: list[View]) -> Iterator[FieldError]:
    for other, detail in APART:
        if {"Succeeded", other} <= after:
            yield invalid(CONDITIONS, conditions, detail)
    if {"Failed", "Running"} <= after:
        detail = "Running condition cannot be true when failed condition is true"
        yield invalid(CONDITIONS, conditions, detail)
    for state, word in (("Succeeded", "Success"), ("Failed", "Failed")):
        if state in before - after:
            detail = f"{word} condition cannot be set to false once it is true"
            yield invalid(CONDITIONS, conditions, detail)


def true_of(migration: View) -> set[str]:
    return {
        condition.get("type") or ""
        for condition in get(migration, CONDITIONS) or ()
        if condition.get("status") == "True"
    }


def resource(migration: View) -> str:
    name, group = names_of(migration)
    return f"{name}.{group}" if group else name


STORAGEVERSIONMIGRATION = Kind(
    group="storagemigration.k8s.io",
    version="v1",
    name="StorageVersionMigration",
    plural="storageversionmigrations",
    schema="io.k8s.api.storagemigration.v1.StorageVersionMigration",
    namespaced=False,
    prepare=first_status({}),
    rules=(check,),
    status_rules=(check_status,),
    columns=(
        NAME,
        Column("Resource", lambda migration, now: resource(migration),
               description="Fully qualified resource to migrate"),
    ),
)  # fmt: skip
