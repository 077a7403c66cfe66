"""MutatingAdmissionPolicy (admissionregistration.k8s.io/v1): changes to writes, worded in CEL.

Source: ``pkg/apis/admissionregistration/validation/validation.go``.
"""

from collections.abc import Iterator
from datetime import datetime

from onggi.api.field_error import FieldError, invalid, not_supported, required
from onggi.api.kind import Column, Kind
from onggi.api.objects import View
from onggi.kinds.admissionregistration.policies import (
    PARAM_KIND,
    check_policy,
    compiled,
    composition,
    default_policy,
    listed,
)
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.checks import choice

JSON_PATCH, APPLY = "JSONPatch", "ApplyConfiguration"
FIELDS = {JSON_PATCH: "jsonPatch", APPLY: "applyConfiguration"}
OPERATIONS = ("*", "CONNECT", "CREATE", "UPDATE")


def check(new: View, old: View | None) -> Iterator[FieldError]:
    from onggi.api.cel.types import list_of, struct

    spec: View = new.get("spec") or {}
    composed = composition(spec)
    yield from check_policy(spec, (old or {}).get("spec") if old else None, composed)
    constraints = spec.get("matchConstraints") or {}
    yield from check_operations(constraints, "spec.matchConstraints")
    mutations = listed(spec, "mutations")
    if not mutations:
        yield required("spec.mutations", "mutations must contain at least one item")
    types = {JSON_PATCH: list_of(struct("JSONPatch")), APPLY: struct("Object")}
    for index, mutation in enumerate(mutations):
        path = f"spec.mutations[{index}]"
        yield from check_mutation(mutation, path)
        kind = mutation.get("patchType")
        source = patch_source(mutation).strip()
        if kind in FIELDS and source:
            made = composed.expression(source, (types[kind],), patches=True)
            yield from compiled(made, f"{path}.{FIELDS[kind]}.expression")
    yield from choice(
        "spec.reinvocationPolicy", spec.get("reinvocationPolicy"), ("Never", "IfNeeded")
    )


def patch_source(mutation: View) -> str:
    field = FIELDS.get(mutation.get("patchType") or "", "")
    source: str = (mutation.get(field) or {}).get("expression") or ""
    return source


def check_operations(resources: View, path: str) -> Iterator[FieldError]:
    """What is deleted cannot be changed."""
    for rule in listed(resources, "resourceRules"):
        for operation in rule.get("operations") or ():
            if operation not in OPERATIONS:
                yield not_supported(f"{path}.resourceRules.operations", operation, OPERATIONS)


def check_mutation(mutation: View, path: str) -> Iterator[FieldError]:
    kind = mutation.get("patchType")
    if not kind:
        yield required(f"{path}.patchType")
        return
    if kind not in FIELDS:
        yield not_supported(f"{path}.patchType", kind, (APPLY, JSON_PATCH))
        return
    field = FIELDS[kind]
    if mutation.get(field) is None:
        yield required(f"{path}.{field}", f"must be specified when patchType is {kind}")
    elif not patch_source(mutation).strip():
        yield required(f"{path}.{field}.expression")
    for other in FIELDS.values():
        if other != field and mutation.get(other) is not None:
            why = f"must not be specified when patchType is {kind}"
            yield invalid(f"{path}.{other}", f"{{{other}}}", why)


def count(policy: View, now: datetime) -> int:
    return len(listed(policy.get("spec") or {}, "mutations"))


MUTATINGADMISSIONPOLICY = Kind(
    group="admissionregistration.k8s.io",
    version="v1",
    name="MutatingAdmissionPolicy",
    plural="mutatingadmissionpolicies",
    schema="io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicy",
    namespaced=False,
    categories=("api-extensions",),
    status=False,
    derived=(default_policy,),
    rules=(check,),
    columns=(
        NAME,
        Column("Mutations", count, "integer",
               description="Mutation indicates the number of mutations rules defined in this "
               "configuration"),
        PARAM_KIND,
        AGE,
    ),
)  # fmt: skip
