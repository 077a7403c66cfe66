"""A migration of a built-in resource is done; of another one it is said that it is not."""

from onggi.kinds.storagemigration.migrate import NOT_YET, reconcile
from onggi.kinds.storagemigration.storageversionmigration import STORAGEVERSIONMIGRATION
from tests.kinds.samples import created
from tests.world import NOW, ListWorld


def ended(resource, group=""):
    migration = created(STORAGEVERSIONMIGRATION, resource={"resource": resource, "group": group})
    migration["metadata"]["resourceVersion"] = "7"
    (action,) = reconcile(migration, ListWorld(), NOW).actions
    migration["status"] = action.status
    (rule,) = STORAGEVERSIONMIGRATION.status_rules
    assert list(rule(migration, {})) == []
    assert not reconcile(migration, ListWorld(), NOW).actions
    return action.status


def test_built_in_resources_are_stored_in_one_version():
    status = ended("deployments", "apps")
    assert status["resourceVersion"] == "7"
    assert [c["type"] for c in status["conditions"]] == ["Succeeded"]


def test_others_are_not_written_anew():
    (condition,) = ended("things", "example.com")["conditions"]
    assert (condition["type"], condition["message"]) == ("Failed", NOT_YET)
