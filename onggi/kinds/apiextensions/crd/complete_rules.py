"""Whatever value checks speak of has to be in the skeleton, too.

Source: ``k8s.io/apiextensions-apiserver/pkg/apiserver/schema/complete.go``.
"""

from collections.abc import Iterator, Mapping

from onggi.api.field_error import FieldError, required
from onggi.api.objects import View


def check(schema: View, path: str) -> Iterator[FieldError]:
    yield from values(schema, schema, path, path)


def values(checks: View, skeleton: View | None, path: str, where: str) -> Iterator[FieldError]:
    """``path`` leads to the skeleton's part, ``where`` to the check's."""
    for part, inner in parts(checks):
        yield from nested(inner, skeleton, path, f"{where}.{part}")


def parts(checks: View) -> Iterator[tuple[str, View]]:
    if isinstance(checks.get("not"), Mapping):
        yield "not", checks["not"]
    for junctor in ("allOf", "anyOf", "oneOf"):
        for index, inner in enumerate(checks.get(junctor) or ()):
            yield f"{junctor}[{index}]", inner or {}


def nested(checks: View, skeleton: View | None, path: str, where: str) -> Iterator[FieldError]:
    if skeleton is None:
        yield required(path, f"because it is defined in {where}")
        return
    yield from values(checks, skeleton, path, where)
    if isinstance(checks.get("items"), Mapping):
        items = skeleton.get("items")
        yield from nested(checks["items"], items, f"{path}.items", f"{where}.items")
    known = skeleton.get("properties") or {}
    for name, inner in (checks.get("properties") or {}).items():
        part = f"properties[{name}]"
        if name not in known:
            yield required(f"{path}.{part}", f"because it is defined in {where}.{part}")
        else:
            yield from nested(inner or {}, known[name], f"{path}.{part}", f"{where}.{part}")
