"""The objects of every cluster come back, and schemas say whether their level is there."""

from onggi.api.objects import clone
from onggi.api.plan import Create, Patch, SetStatus
from onggi.kinds.flowcontrol.bootstrap import AUTO_UPDATE
from onggi.kinds.flowcontrol.flowschema import FLOWSCHEMA
from onggi.kinds.flowcontrol.prioritylevelconfiguration import PRIORITYLEVELCONFIGURATION
from onggi.kinds.flowcontrol.upkeep import (
    LEVEL_UPKEEP,
    complete,
    keep_level,
    keep_schema,
    schemas_of,
)
from tests.world import NOW, ListWorld

LEVEL = complete(PRIORITYLEVELCONFIGURATION, "system")
SCHEMA = complete(FLOWSCHEMA, "system-nodes")


def conditions(plan):
    (action,) = plan.actions
    assert isinstance(action, SetStatus)
    return action.status["conditions"]


def test_a_schema_says_that_its_level_is_there():
    (found,) = conditions(keep_schema(SCHEMA, ListWorld([LEVEL, SCHEMA]), NOW))
    assert (found["type"], found["status"], found["reason"]) == ("Dangling", "False", "Found")


def test_a_schema_says_that_its_level_is_missing():
    (found,) = conditions(keep_schema(SCHEMA, ListWorld([SCHEMA]), NOW))
    assert (found["status"], found["reason"]) == ("True", "NotFound")


def test_what_is_said_already_is_not_said_again():
    world = ListWorld([LEVEL, SCHEMA])
    told = {**SCHEMA, "status": {"conditions": conditions(keep_schema(SCHEMA, world, NOW))}}
    assert keep_schema(told, world, NOW).actions == []


def test_a_level_wakes_its_schemas():
    assert schemas_of(LEVEL, ListWorld([SCHEMA])) == [("", "system-nodes")]


def test_a_spec_that_drifted_comes_back_unless_somebody_wants_it_so():
    drifted = clone(LEVEL)
    drifted["spec"]["limited"]["nominalConcurrencyShares"] = 1
    (action,) = keep_level(drifted, ListWorld(), NOW).actions
    assert isinstance(action, Patch)
    assert action.patch["spec"] == LEVEL["spec"]
    drifted["metadata"]["annotations"][AUTO_UPDATE] = "false"
    assert not keep_level(drifted, ListWorld(), NOW).actions


def test_what_every_cluster_has_is_made_again():
    (action,) = LEVEL_UPKEEP.departed(LEVEL, ListWorld())
    assert action == Create(PRIORITYLEVELCONFIGURATION, LEVEL)
    assert not LEVEL_UPKEEP.departed({"metadata": {"name": "mine"}}, ListWorld())
