"""``matchConditions``: CEL expressions of which all must hold before anything is called.

Source: ``pkg/apis/admissionregistration/validation/validation.go`` (validateMatchConditions).
"""

from collections.abc import Iterator, Sequence

from onggi.api import names
from onggi.api.field_error import FieldError, duplicate, forbidden, required
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
    if not expression.strip():
        yield required(path)
    else:
        yield forbidden(path, "expressions are not supported by this version of the server")
