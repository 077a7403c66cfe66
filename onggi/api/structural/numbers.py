"""Numbers of a custom resource: bounds, multiples, and what fits into their format.

Source: ``k8s.io/kube-openapi/pkg/validation/validate`` (validator.go, values.go).
"""

from typing import Any

from onggi.api.field_error import invalid
from onggi.api.gonumber import is_whole, verb_v_number
from onggi.api.objects import View
from onggi.api.structural.result import Place, Result

RANGES = {"int32": 2**31, "int64": 2**63}
FLOAT32 = 3.4028234663852886e38


def check_number(
    schema: View, kind: tuple[str, str], value: int | float, place: Place, result: Result
) -> None:
    """``kind`` is the type, where there is one alone, and the format."""
    check_range(kind, value, place, result)
    factor = schema.get("multipleOf")
    if factor is not None:
        check_multiple(factor, value, place, result)
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None:
        beyond = bool(schema.get("exclusiveMinimum"))
        if value <= least if beyond else value < least:
            than = "than" if beyond else "than or equal to"
            result.invalid(place, value, f"should be greater {than} {bound(least, value)}")
    if most is not None:
        beyond = bool(schema.get("exclusiveMaximum"))
        if value >= most if beyond else value > most:
            than = "than" if beyond else "than or equal to"
            result.invalid(place, value, f"should be less {than} {bound(most, value)}")


def bound(limit: Any, value: int | float) -> str:
    """Integers are compared with integers."""
    return verb_v_number(int(limit) if isinstance(value, int) else float(limit))


def check_range(kind: tuple[str, str], value: int | float, place: Place, result: Result) -> None:
    type_, format_ = kind
    if type_ == "integer":
        edge = RANGES.get(format_, RANGES["int64"])
        if not -edge <= value < edge:
            said = f"with format {format_}" if format_ else "(default format)"
            result.out_of_range(place, f"Checked value must be of type integer {said}")
    elif format_ == "float" and abs(value) > FLOAT32:
        result.out_of_range(place, "Checked value must be of type number with format float")


def check_multiple(factor: Any, value: int | float, place: Place, result: Result) -> None:
    if factor <= 0:
        what = f"factor MultipleOf declared for {place.at} must be positive"
        result.errors.append(invalid(place.path, factor, f"{what}: {verb_v_number(factor)}"))
        return
    if isinstance(value, int) and factor == int(factor):
        fits = value % int(factor) == 0
    else:
        fits = is_whole(1 / factor * value if factor < 1 else value / factor)
    if not fits:
        result.invalid(place, value, f"should be a multiple of {verb_v_number(factor)}")
