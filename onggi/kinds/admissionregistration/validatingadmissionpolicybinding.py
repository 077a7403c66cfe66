"""ValidatingAdmissionPolicyBinding (admissionregistration.k8s.io/v1): where a policy holds, with
which parameters, and what a failure does.

Source: ``pkg/apis/admissionregistration/validation/validation.go``.
"""

from collections.abc import Iterator

from onggi.api.field_error import FieldError, duplicate, invalid, not_supported, required
from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.kinds.admissionregistration.policies import (
    AUDIT,
    DENY,
    PARAM_REF,
    POLICY_NAME,
    WARN,
    check_binding,
    default_binding,
)
from onggi.kinds.cells import AGE, NAME

ACTIONS = (AUDIT, DENY, WARN)
TWICE = (
    "must not contain both Deny and Warn (repeating the same validation failure information in "
    "the API response and headers serves no purpose)"
)


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec: View = new.get("spec") or {}
    yield from check_binding(spec, "matchResouces")  # upstream's spelling
    path, actions = "spec.validationActions", spec.get("validationActions") or ()
    for index, action in enumerate(actions):
        if action not in ACTIONS:
            yield not_supported(f"{path}[{index}]", action, ACTIONS)
        if action in actions[:index]:
            yield duplicate(f"{path}[{index}]", action)
    if DENY in actions and WARN in actions:
        yield invalid(path, actions, TWICE)
    if not actions:
        yield required(path, "at least one validation action is required")


VALIDATINGADMISSIONPOLICYBINDING = Kind(
    group="admissionregistration.k8s.io",
    version="v1",
    name="ValidatingAdmissionPolicyBinding",
    plural="validatingadmissionpolicybindings",
    schema="io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding",
    namespaced=False,
    categories=("api-extensions",),
    status=False,
    derived=(default_binding,),
    rules=(check,),
    columns=(NAME, POLICY_NAME, PARAM_REF, AGE),
)
