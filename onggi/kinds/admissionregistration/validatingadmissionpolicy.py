"""ValidatingAdmissionPolicy (admissionregistration.k8s.io/v1): rules in CEL that writes must keep.

Source: ``pkg/apis/admissionregistration/validation/validation.go``,
``pkg/registry/admissionregistration/validatingadmissionpolicy/strategy.go``.
"""

from collections.abc import Iterator
from datetime import datetime

from onggi.api import names
from onggi.api.field_error import FieldError, duplicate, invalid, not_supported, required
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
from onggi.kinds.checks import named
from onggi.kinds.conditions import check_conditions

REASONS = ("Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized")
MOST_ANNOTATIONS = 20
LONGEST_EXPRESSION = 5 * 1024  # of an audit annotation's value
EMPTY = "validations or auditAnnotations must contain at least one item"


def check(new: View, old: View | None) -> Iterator[FieldError]:
    from onggi.api.cel.types import BOOL, NULL, STRING

    spec: View = new.get("spec") or {}
    composed = composition(spec)
    yield from check_policy(spec, (old or {}).get("spec") if old else None, composed)
    validations, notes = listed(spec, "validations"), listed(spec, "auditAnnotations")
    if not validations and not notes:
        yield required("spec.validations", EMPTY)
        yield required("spec.auditAnnotations", EMPTY)
    for index, validation in enumerate(validations):
        path, source = f"spec.validations[{index}]", validation.get("expression") or ""
        if not source.strip():
            yield required(f"{path}.expression", "expression is not specified")
        else:
            yield from compiled(composed.expression(source, (BOOL,)), f"{path}.expression")
        message = validation.get("messageExpression") or ""
        if message.strip():
            made = composed.expression(message, (STRING,), rights=False)
            yield from compiled(made, f"{path}.messageExpression")
        yield from check_message(validation, path)
    if len(notes) > MOST_ANNOTATIONS:
        why = f"must not have more than {MOST_ANNOTATIONS} auditAnnotations"
        yield invalid("spec.auditAnnotations", notes, why)
    seen = set[str]()
    for index, note in enumerate(notes):
        path, key = f"spec.auditAnnotations[{index}]", note.get("key") or ""
        source = (note.get("valueExpression") or "").strip()
        yield from check_note(new, key, source, path)
        if 0 < len(source.encode()) <= LONGEST_EXPRESSION:
            made = composed.expression(source, (STRING, NULL))
            yield from compiled(made, f"{path}.valueExpression", note["valueExpression"])
        if key in seen:
            yield duplicate(f"{path}.key", key)
        seen.add(key)


def check_message(validation: View, path: str) -> Iterator[FieldError]:
    expression, message = validation.get("messageExpression"), validation.get("message") or ""
    if expression and not expression.strip():
        yield invalid(f"{path}.messageExpression", expression, "must be non-empty if specified")
    if message and not message.strip():
        yield invalid(f"{path}.message", message, "message must be non-empty if specified")
    elif "\n" in message.strip() or "\r" in message.strip():
        yield invalid(f"{path}.message", message, "message must not contain line breaks")
    reason = validation.get("reason")
    if reason is not None and reason not in REASONS:
        yield not_supported(f"{path}.reason", reason, REASONS)


def check_note(policy: View, key: str, source: str, path: str) -> Iterator[FieldError]:
    name = (policy.get("metadata") or {}).get("name") or ""
    if name:
        yield from named(f"{path}.key", f"{name}/{key}", names.label_key)
    else:
        yield invalid(f"{path}.key", key, "requires metadata.name be non-empty")
    if not source:
        yield required(f"{path}.valueExpression", "valueExpression is not specified")
    elif len(source.encode()) > LONGEST_EXPRESSION:
        why = f"must not exceed {LONGEST_EXPRESSION} bytes in length"
        yield required(f"{path}.valueExpression", why)


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    status: View = new.get("status") or {}
    warnings = (status.get("typeChecking") or {}).get("expressionWarnings") or ()
    for index, warning in enumerate(warnings):
        path = f"status.typeChecking.expressionWarnings[{index}]"
        if not warning.get("warning"):
            yield required(f"{path}.warning")
        if not (warning.get("fieldRef") or "").strip():
            yield required(f"{path}.fieldRef")
    yield from check_conditions(status.get("conditions") or (), "status.conditions")


def count(policy: View, now: datetime) -> int:
    return len(listed(policy.get("spec") or {}, "validations"))


VALIDATINGADMISSIONPOLICY = Kind(
    group="admissionregistration.k8s.io",
    version="v1",
    name="ValidatingAdmissionPolicy",
    plural="validatingadmissionpolicies",
    schema="io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy",
    namespaced=False,
    categories=("api-extensions",),
    derived=(default_policy,),
    rules=(check,),
    status_rules=(check_status,),
    columns=(
        NAME,
        Column("Validations", count, "integer",
               description="Validations indicates the number of validation rules defined in "
               "this configuration"),
        PARAM_KIND,
        AGE,
    ),
)  # fmt: skip
