"""Definitions in Kubernetes' own groups say who approved them.

Source: ``k8s.io/apiextensions-apiserver/pkg/apihelpers`` (GetAPIApprovalState).
"""

from typing import NamedTuple
from urllib.parse import urlsplit

from onggi.api.conditions import condition
from onggi.api.gotext import quote
from onggi.api.objects import Object, View

ANNOTATION = "api-approved.kubernetes.io"
MUST_HAVE = f"protected groups must have approval annotation {quote(ANNOTATION)}"
SEE = "see https://github.com/kubernetes/enhancements/pull/1111"
CONFORMANT = "KubernetesAPIApprovalPolicyConformant"


class State(NamedTuple):
    reason: str
    message: str

    @property
    def is_told(self) -> bool:
        """Approved, or said not to be."""
        return self.reason in ("ApprovedAnnotation", "UnapprovedAnnotation")


def is_protected(group: str) -> bool:
    return f".{group}".endswith((".k8s.io", ".kubernetes.io"))


def state(annotations: View | None) -> State:
    text = (annotations or {}).get(ANNOTATION) or ""
    if not text:
        return State("MissingAnnotation", f"{MUST_HAVE}, {SEE}")
    if text.startswith("unapproved"):
        return State("UnapprovedAnnotation", f"not approved: {quote(text)}")
    if is_url(text):
        return State("ApprovedAnnotation", f"approved in {text}")
    either = 'with either a URL or a reason starting with "unapproved"'
    return State("InvalidAnnotation", f"{MUST_HAVE} {either}, {SEE}")


def is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc)


def approval(crd: View) -> Object | None:
    """The condition; None where nobody has to approve."""
    if not is_protected(crd["spec"]["group"]):
        return None
    found = state(crd["metadata"].get("annotations"))
    return condition(CONFORMANT, found.reason == "ApprovedAnnotation", *found)
