"""MutatingAdmissionPolicyBinding (admissionregistration.k8s.io/v1): where a policy changes what is
written, and with which parameters.

Source: ``pkg/apis/admissionregistration/validation/validation.go``.
"""

from collections.abc import Iterator

from onggi.api.field_error import FieldError
from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.kinds.admissionregistration.mutatingadmissionpolicy import check_operations
from onggi.kinds.admissionregistration.policies import (
    PARAM_REF,
    POLICY_NAME,
    check_binding,
    default_binding,
)
from onggi.kinds.cells import AGE, NAME


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec: View = new.get("spec") or {}
    yield from check_binding(spec)
    yield from check_operations(spec.get("matchResources") or {}, "spec.matchResources")


MUTATINGADMISSIONPOLICYBINDING = Kind(
    group="admissionregistration.k8s.io",
    version="v1",
    name="MutatingAdmissionPolicyBinding",
    plural="mutatingadmissionpolicybindings",
    schema="io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBinding",
    namespaced=False,
    categories=("api-extensions",),
    status=False,
    derived=(default_binding,),
    rules=(check,),
    columns=(NAME, POLICY_NAME, PARAM_REF, AGE),
)
