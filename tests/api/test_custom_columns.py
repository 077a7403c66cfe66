"""Cells of custom resources."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onggi.api.custom_columns import columns

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OBJ: Any = {
    "metadata": {"name": "x", "creationTimestamp": (NOW - timedelta(hours=2)).isoformat()},
    "spec": {"s": "text", "i": 3, "f": 1.9, "b": True, "o": {"a": [1]}, "n": None, "t": "never"},
}


def cell(kind: str, path: str) -> Any:
    given = [{"name": "A", "type": kind, "jsonPath": path}]
    found = columns({"additionalPrinterColumns": given})[1].value
    assert callable(found)
    return found(OBJ, NOW)


@pytest.mark.parametrize(
    ("kind", "path", "shows"),
    [
        ("string", ".spec.s", "text"), ("string", ".spec.i", "3"), ("string", ".spec.b", "true"),
        ("string", ".spec.o", '{"a":[1]}'), ("string", ".spec.missing", None),
        ("integer", ".spec.i", 3), ("integer", ".spec.f", 1), ("integer", ".spec.s", None),
        ("integer", ".spec.b", None), ("number", ".spec.f", 1.9), ("boolean", ".spec.b", True),
        ("boolean", ".spec.i", None), ("date", ".metadata.creationTimestamp", "120m"),
        ("date", ".spec.t", "<invalid>"), ("integer", ".spec.n", None),
    ],
)  # fmt: skip
def test_a_cell_is_of_its_type_or_empty(kind: str, path: str, shows: Any) -> None:
    assert cell(kind, path) == shows


def test_without_columns_there_is_an_age() -> None:
    assert [column.name for column in columns({})] == ["Name", "Age"]


def test_one_path_that_is_none_leaves_the_name() -> None:
    given = [{"name": "A", "type": "string", "jsonPath": ".a["}]
    assert [column.name for column in columns({"additionalPrinterColumns": given})] == ["Name"]


def test_a_description_names_the_path() -> None:
    given = [{"name": "A", "type": "string", "jsonPath": ".a", "priority": 2}]
    column = columns({"additionalPrinterColumns": given})[1]
    assert column.description == "Custom resource definition column (in JSONPath format): .a"
    assert int(column.wide) == 2
