"""Conditions: named, few, and expressions that say yes or no."""

import pytest

from onggi.kinds.admissionregistration.match_conditions import check


def problems(*conditions: dict[str, str]) -> list[str]:
    return [str(error) for error in check(conditions, "c")]


def condition(expression: str = "true", name: str = "a") -> dict[str, str]:
    return {"name": name, "expression": expression}


def test_what_may_be_asked() -> None:
    assert problems(condition("object.metadata.name == 'x'"), condition(name="a.io/b")) == []


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (condition(" "), "c[0].expression: Required value"),
        (condition("'x'"), "c[0].expression: Invalid value: \"'x'\": must evaluate to bool"),
        (condition("object.x"), 'c[0].expression: Invalid value: "object.x": must evaluate to b'),
        (condition("none"), 'c[0].expression: Invalid value: "none": compilation failed: ERROR: '),
        (condition(name=""), "c[0].name: Required value"),
        (condition(name="a b"), 'c[0].name: Invalid value: "a b"'),
    ],
)
def test_what_is_wrong_is_named(given: dict[str, str], problem: str) -> None:
    (found,) = problems(given)
    assert found.startswith(problem)


def test_names_are_unique_and_conditions_few() -> None:
    assert problems(condition(), condition()) == ['c[1].name: Duplicate value: "a"']
    many = [condition(name=f"a{index}") for index in range(65)]
    assert problems(*many) == ["c: Too many: 65: must have at most 64 items"]
