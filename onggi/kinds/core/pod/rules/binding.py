"""A Binding, which gives a pod its node. Source: ValidatePodBinding."""

from collections.abc import Iterator

from onggi.api.field_error import FieldError, not_supported, required
from onggi.api.objects import View


def check_binding(binding: View, pod: View | None) -> Iterator[FieldError]:
    target = binding.get("target") or {}
    kind = target.get("kind") or ""
    if kind not in ("", "Node"):
        yield not_supported("target.kind", kind, ("Node", "<empty>"))
    if not target.get("name"):
        yield required("target.name")
