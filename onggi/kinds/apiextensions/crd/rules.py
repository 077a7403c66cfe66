"""What a CustomResourceDefinition may say.

What all versions say alike is named by upstream's messages as if it stood beside the versions
(``spec.validation``), as it did in v1beta1; so here.
Source: ``k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go``.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from onggi.api import names
from onggi.api.conditions import is_true
from onggi.api.field_error import FieldError, immutable, invalid, required
from onggi.api.objects import View, get
from onggi.kinds.apiextensions.crd import approval, conversion_rules, version_rules
from onggi.kinds.checks import choice

GIVEN = ("plural", "singular", "kind", "listKind")
MIXED = "may have mixed case, but should otherwise match: "
PRESERVE = (
    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in "
    "spec.versions[*].schema instead"
)
PLACES = {  # field of a version → (where all alike are said to be)
    "schema": "spec.validation",
    "subresources": "spec.subresources",
    "additionalPrinterColumns": "spec.additionalPrinterColumns",
    "selectableFields": "spec.selectableFields",
}


def rules(new: View, old: View | None) -> Iterator[FieldError]:
    spec = new.get("spec") or {}
    if old is None:
        yield from check_name(new, spec)
    yield from check_spec(spec, old)
    if old is not None:
        yield from check_unchanged(spec, old)
    yield from status_rules(new, old)
    yield from check_stored(new)
    yield from check_approval(new, old)
    if spec.get("preserveUnknownFields") and not get(old or {}, "spec.preserveUnknownFields"):
        yield invalid("spec.preserveUnknownFields", True, PRESERVE)


def status_rules(new: View, old: View | None) -> Iterator[FieldError]:
    accepted = get(new, "status.acceptedNames") or {}
    yield from check_names(accepted, "status.acceptedNames")


def check_name(crd: View, spec: View) -> Iterator[FieldError]:
    name = crd["metadata"].get("name") or ""
    wanted = f"{get(spec, 'names.plural', '')}.{spec.get('group', '')}"
    if name and name != wanted:
        yield invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group')


def check_spec(spec: View, old: View | None) -> Iterator[FieldError]:
    yield from check_group(spec.get("group") or "")
    yield from choice("spec.scope", spec.get("scope"), ("Cluster", "Namespaced"))
    versions = spec.get("versions") or ()
    for index, version in enumerate(versions):
        if get(version, "schema.openAPIV3Schema") is None:
            yield required(f"spec.versions[{index}].schema.openAPIV3Schema")
    yield from check_versions(versions)
    yield from check_given(spec.get("names") or {})
    yield from conversion_rules.check(spec.get("conversion") or {}, old)


def check_group(group: str) -> Iterator[FieldError]:
    if not group:
        yield required("spec.group")
    elif wrong := names.dns_subdomain(group):
        yield invalid("spec.group", group, ",".join(wrong))
    elif "." not in group:
        yield invalid("spec.group", group, "should be a domain with at least one dot")


def check_versions(versions: Sequence[View]) -> Iterator[FieldError]:
    alike = {field: is_alike(versions, field) for field in PLACES}
    for index, version in enumerate(versions):
        at = f"spec.versions[{index}]"
        name = version.get("name") or ""
        if wrong := names.dns_1035_label(name):
            yield invalid(f"{at}.name", name, ",".join(wrong))
        yield from version_rules.check_warning(version, at)
        for field, check in version_rules.PARTS.items():
            if not alike[field]:
                yield from check(version, f"{at}.{field}")
    if len({v.get("name") for v in versions}) < len(versions):
        yield invalid("spec.versions", list(versions), "must contain unique version names")
    if sum(bool(v.get("storage")) for v in versions) != 1:
        why = "must have exactly one version marked as storage version"
        yield invalid("spec.versions", list(versions) or None, why)
    if versions and (wrong := names.dns_1035_label(versions[0].get("name") or "")):
        yield invalid("spec.version", versions[0].get("name") or "", ",".join(wrong))
    for field, check in version_rules.PARTS.items():
        if alike[field]:
            yield from check(versions[0], PLACES[field])


def is_alike(versions: Sequence[View], field: str) -> bool:
    first: Any = versions[0].get(field) if versions else None
    return bool(versions) and all(version.get(field) == first for version in versions)


def check_given(given: View) -> Iterator[FieldError]:
    for field in GIVEN:
        if not given.get(field):
            yield required(f"spec.names.{field}")
    yield from check_names(given, "spec.names")


def check_names(given: View, path: str) -> Iterator[FieldError]:
    for field in ("plural", "singular"):
        if (name := given.get(field)) and (wrong := names.dns_1035_label(name)):
            yield invalid(f"{path}.{field}", name, ",".join(wrong))
    for field in ("kind", "listKind"):
        if (name := given.get(field)) and (wrong := names.dns_1035_label(name.lower())):
            yield invalid(f"{path}.{field}", name, MIXED + ",".join(wrong))
    yield from check_each(given, path, "shortNames")
    if given.get("kind") and given["kind"] == given.get("listKind"):
        why = "kind and listKind may not be the same"
        yield invalid(f"{path}.listKind", given["listKind"], why)
    yield from check_each(given, path, "categories")


def check_each(given: View, path: str, field: str) -> Iterator[FieldError]:
    for index, name in enumerate(given.get(field) or ()):
        if wrong := names.dns_1035_label(name):
            yield invalid(f"{path}.{field}[{index}]", name, ",".join(wrong))


def check_unchanged(spec: View, old: View) -> Iterator[FieldError]:
    """What says where objects are stored; the names' other halves once they are in use."""
    fields = ["group", "names.plural"]
    if is_true(old, "Established"):
        fields = ["scope", "names.kind", *fields]
    for field in fields:
        if get(spec, field) != get(old["spec"], field):
            yield immutable(f"spec.{field}", get(spec, field))


def check_stored(crd: View) -> Iterator[FieldError]:
    path, stored = "status.storedVersions", get(crd, "status.storedVersions") or []
    if not stored:
        yield invalid(path, None, "must have at least one stored version")
        return
    versions = {v.get("name"): v for v in get(crd, "spec.versions") or ()}
    for name, version in versions.items():
        if version.get("storage") and name not in stored:
            yield invalid(path, stored, f"must have the storage version {name}")
    for index, name in enumerate(stored):
        if name not in versions:
            yield invalid(f"{path}[{index}]", name, missing(name))


def missing(name: str) -> str:
    return (
        f"missing from spec.versions; {name} was previously a storage version, and must remain in "
        f"spec.versions until a storage migration ensures no data remains persisted in {name} and "
        f"removes {name} from status.storedVersions"
    )


def check_approval(new: View, old: View | None) -> Iterator[FieldError]:
    """One that was there without an approval may stay so."""
    if not approval.is_protected(get(new, "spec.group") or ""):
        return
    found = approval.state(new["metadata"].get("annotations"))
    if old is not None:
        before = approval.state(old["metadata"].get("annotations"))
        if before.reason == found.reason:
            return
    path = f"metadata.annotations[{approval.ANNOTATION}]"
    if found.reason == "MissingAnnotation":
        yield required(path, found.message)
    elif found.reason == "InvalidAnnotation":
        text = new["metadata"]["annotations"][approval.ANNOTATION]
        yield invalid(path, text, found.message)
