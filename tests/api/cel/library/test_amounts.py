"""Quantities and versions."""

import pytest

from tests.api.cel.expressions import failure, value


@pytest.mark.parametrize(
    "source",
    [
        "quantity('1Gi').isGreaterThan(quantity('1G'))",
        "quantity('1G').isLessThan(quantity('1Gi'))",
        "quantity('200M').compareTo(quantity('0.2G')) == 0 && quantity('1k') == quantity('1000')",
        "quantity('50k').add(20) == quantity('50.02k')",
        "quantity('50k').sub(quantity('1')).asInteger() == 49999",
        "!quantity('1.5').isInteger() && sign(quantity('-1')) == -1",
        "isQuantity('3Mi') && !isQuantity('3X')",
        "quantity('1.5').asApproximateFloat() == 1.5",
        "semver('1.2.3').isLessThan(semver('1.10.0'))",
        "semver('1.0.0-rc.1').isLessThan(semver('1.0.0'))",
        "semver('1.0.0-2').isLessThan(semver('1.0.0-10'))",
        "semver('1.0.0-alpha').isGreaterThan(semver('1.0.0-1'))",
        "semver('v1.02', true) == semver('1.2.0') && semver('1.2.3').minor() == 2",
        "isSemver('1.2.3+build') && !isSemver('v1.2.3')",
        "isSemver('v1.2', true) && !isSemver('1.2')",
    ],
)
def test_functions_of_amounts(source: str) -> None:
    assert value(source) is True


def test_what_is_no_amount_says_so() -> None:
    assert "quantities must match the regular expression" in failure("quantity('x')")
    assert failure("quantity('1.5').asInteger()") == "cannot convert value to integer"
    assert failure("semver('1.2')") == "No Major.Minor.Patch elements found"
