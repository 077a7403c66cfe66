"""What every cluster begins with is valid, complete, and hangs together."""

import pytest

from onggi.api.objects import clone
from onggi.kinds.flowcontrol.bootstrap import LEVELS, SCHEMAS
from onggi.kinds.flowcontrol.flowschema import FLOWSCHEMA
from onggi.kinds.flowcontrol.prioritylevelconfiguration import PRIORITYLEVELCONFIGURATION
from onggi.kinds.flowcontrol.upkeep import SPECS, complete

ALL = [(kind, name) for kind, specs in SPECS.items() for name in specs]


@pytest.mark.parametrize(("kind", "name"), ALL, ids=lambda part: str(getattr(part, "name", part)))
def test_defaulting_adds_nothing_and_validation_refuses_nothing(kind, name):
    found = complete(kind, name)
    before = clone(found)
    kind.default(found)
    assert found == before
    assert kind.validate(found) == []


def test_every_schema_has_its_level():
    assert {spec["priorityLevelConfiguration"]["name"] for spec in SCHEMAS.values()} <= set(LEVELS)


def test_the_mandatory_ones_stay_as_they_are():
    schema = complete(FLOWSCHEMA, "catch-all")
    schema["spec"] = {**schema["spec"], "matchingPrecedence": 9}
    (error,) = FLOWSCHEMA.validate(schema)
    assert error.detail == "spec of 'catch-all' must equal the fixed value"
    level = complete(PRIORITYLEVELCONFIGURATION, "exempt")
    level["spec"] = {"type": "Exempt", "exempt": {"nominalConcurrencyShares": 10}}
    assert PRIORITYLEVELCONFIGURATION.validate(level) == []
