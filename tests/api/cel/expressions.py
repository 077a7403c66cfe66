"""Running expressions in tests."""

from typing import Any

from onggi.api.cel.declared import declared
from onggi.api.cel.environment import Environment
from onggi.api.cel.environments import rules
from onggi.api.cel.errors import CelError, CelErrors
from onggi.api.cel.program import compile
from onggi.api.cel.types import DYN

ANY = Environment({"x": DYN, "y": DYN})
NAMED = {"type": "string", "maxLength": 20}


def value(source: str, **values: Any) -> Any:
    return compile(source, ANY).evaluate(values)


def failure(source: str, **values: Any) -> str:
    """Why it has no value: of compiling, or of running."""
    try:
        found = value(source, **values)
    except CelErrors as errors:
        return "; ".join(errors.messages)
    except CelError as error:
        return str(error)
    raise AssertionError(found)


def environment(**properties: Any) -> Environment:
    """``self`` with these fields."""
    found = declared({"type": "object", "properties": properties})
    assert found is not None
    return rules(found)
