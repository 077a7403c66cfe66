"""Migrations end at once: of every built-in resource one version is stored, ever.

Custom resources may be stored in several; writing them anew is not done yet, and said so.
Source: ``pkg/controller/storageversionmigrator/storageversionmigrator.go``.
"""

from datetime import datetime

from onggi.api.objects import View, get
from onggi.api.plan import Controller, Plan, SetStatus, World
from onggi.api.times import stamp
from onggi.kinds.storagemigration.storageversionmigration import (
    STORAGEVERSIONMIGRATION,
    names_of,
    true_of,
)

NOT_YET = "Onggi does not write custom resources anew yet"


def reconcile(migration: View, world: World, now: datetime) -> Plan:
    if true_of(migration) & {"Succeeded", "Failed"}:
        return Plan()
    resource, group = names_of(migration)
    built_in = [kind for kind in world.kinds if kind.custom is None]
    known = any((kind.plural, kind.group) == (resource, group) for kind in built_in)
    state = "Succeeded" if known else "Failed"
    condition = {
        "type": state,
        "status": "True",
        "reason": f"StorageVersionMigration{state}",
        "message": "" if known else NOT_YET,
        "lastTransitionTime": stamp(now),
    }
    version = get(migration, "status.resourceVersion") or migration["metadata"]["resourceVersion"]
    status = {"resourceVersion": version, "conditions": [condition]}
    return Plan((SetStatus(STORAGEVERSIONMIGRATION, migration, status),))


CONTROLLER = Controller(
    name="storage-version-migrator-controller",
    kind=STORAGEVERSIONMIGRATION,
    reconcile=reconcile,
)
