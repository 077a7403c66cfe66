"""``matchConditions``: CEL expressions of which all must hold before anything is called.

Source: ``pkg/apis/admissionregistration/validation/validation.go`` (validateMatchConditions).
"""

from collections.abc import Iterator, Sequence

from onggi.api import names
from onggi.api.field_error import FieldError, duplicate, invalid, required
from onggi.api.objects import View
from onggi.kinds.checks import named, too_many

MOST = 64


def check(conditions: Sequence[View], path: str) -> Iterator[FieldError]:
    if len(conditions) > MOST:
        yield too_many(path, len(conditions), MOST)
    seen = set[str]()
    for index, condition in enumerate(conditions):
        here, name = f"{path}[{index}]", condition.get("name") or ""
        yield from check_expression(condition.get("expression") or "", f"{here}.expression")
        if not name:
            yield required(f"{here}.name")
        elif name in seen:
            yield duplicate(f"{here}.name", name)
        else:
            yield from named(f"{here}.name", name, names.label_key)
        seen.add(name)


def check_expression(expression: str, path: str) -> Iterator[FieldError]:
    """It compiles, and says yes or no."""
    if not expression.strip():
        yield required(path)
        return
    from onggi.api.cel.environments import MATCH_CONDITIONS  # heavy, and rarely needed
    from onggi.api.cel.errors import CelErrors
    from onggi.api.cel.program import compile
    from onggi.api.cel.types import BOOL

    try:
        program = compile(expression, MATCH_CONDITIONS)
    except CelErrors as errors:
        yield invalid(path, expression, f"{errors.stage}: {errors}")
        return
    if program.type is not BOOL:
        yield invalid(path, expression, "must evaluate to bool")
