"""The priority levels and flow schemas of every cluster stay; each schema says if its level is.

Whoever wants one of them otherwise sets the annotation that says so. Source:
``pkg/registry/flowcontrol/ensurer``, ``k8s.io/apiserver/pkg/util/flowcontrol/apf_controller.go``
(syncFlowSchemaStatus).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from onggi.api.kind import Kind
from onggi.api.objects import Object, View, get
from onggi.api.plan import Action, Controller, Create, Patch, Plan, SetStatus, Wake, World
from onggi.api.times import stamp
from onggi.kinds.flowcontrol.bootstrap import AUTO_UPDATE, LEVELS, SCHEMAS
from onggi.kinds.flowcontrol.flowschema import FLOWSCHEMA
from onggi.kinds.flowcontrol.prioritylevelconfiguration import PRIORITYLEVELCONFIGURATION

SPECS: Mapping[Kind, Mapping[str, Object]] = {
    PRIORITYLEVELCONFIGURATION: LEVELS,
    FLOWSCHEMA: SCHEMAS,
}
SERVER = "system:apiserver"  # who does this upstream
DANGLING = "Dangling"
REFERS = 'This FlowSchema references the PriorityLevelConfiguration object named "{}" '


def complete(kind: Kind, name: str) -> Object:
    """The object as every cluster has it."""
    meta = {"name": name, "annotations": {AUTO_UPDATE: "true"}}
    named = {"apiVersion": kind.api_version, "kind": kind.name}
    return {**named, "metadata": meta, "spec": SPECS[kind][name]}


def drifted(kind: Kind, obj: View) -> Sequence[Action]:
    """What brings a spec back that nobody claimed as his own."""
    wanted = SPECS[kind].get(obj["metadata"]["name"])
    if wanted is None or obj.get("spec") == wanted or not is_kept(obj):
        return ()
    gone = dict.fromkeys(set(obj.get("spec") or ()) - set(wanted))
    return (Patch(kind, obj, {"spec": {**gone, **wanted}}),)


def is_kept(obj: View) -> bool:
    """Whether upkeep is wanted; where nothing is said, as long as nobody changed it."""
    said = (get(obj, "metadata.annotations") or {}).get(AUTO_UPDATE)
    untouched: object = get(obj, "metadata.generation")
    return untouched == 1 if said is None else str(said) == "true"


def keep_level(level: View, world: World, now: datetime) -> Plan:
    return Plan(drifted(PRIORITYLEVELCONFIGURATION, level))


def keep_schema(schema: View, world: World, now: datetime) -> Plan:
    name = get(schema, "spec.priorityLevelConfiguration.name") or ""
    found = world.get(PRIORITYLEVELCONFIGURATION, "", name) is not None
    conditions = get(schema, "status.conditions") or []
    before: View = next((c for c in conditions if c.get("type") == DANGLING), {})
    wanted = condition(name, found)
    actions = list(drifted(FLOWSCHEMA, schema))
    if any(before.get(field) != value for field, value in wanted.items()):
        turned = before.get("status") != wanted["status"]
        since = stamp(now) if turned else before.get("lastTransitionTime", stamp(now))
        others = [c for c in conditions if c.get("type") != DANGLING]
        status = {"conditions": [*others, {**wanted, "lastTransitionTime": since}]}
        actions.append(SetStatus(FLOWSCHEMA, schema, status))
    return Plan(actions)


def condition(name: str, found: bool) -> Object:
    if found:
        status, reason, text = "False", "Found", "and it exists"
    else:
        status, reason, text = "True", "NotFound", "but there is no such object"
    message = REFERS.format(name) + text
    return {"type": DANGLING, "status": status, "reason": reason, "message": message}


def schemas_of(level: View, world: World) -> Sequence[Wake]:
    name = level["metadata"]["name"]
    return [
        ("", schema["metadata"]["name"])
        for schema in world.all(FLOWSCHEMA)
        if get(schema, "spec.priorityLevelConfiguration.name") == name
    ]


def again(kind: Kind, obj: View) -> Sequence[Action]:
    name = obj["metadata"]["name"]
    return (Create(kind, complete(kind, name)),) if name in SPECS[kind] else ()


LEVEL_UPKEEP = Controller(
    name="priority-level-upkeep",
    kind=PRIORITYLEVELCONFIGURATION,
    reconcile=keep_level,
    departed=lambda level, world: again(PRIORITYLEVELCONFIGURATION, level),
    account=SERVER,
)
SCHEMA_UPKEEP = Controller(
    name="flow-schema-upkeep",
    kind=FLOWSCHEMA,
    reconcile=keep_schema,
    watches={PRIORITYLEVELCONFIGURATION: schemas_of},
    departed=lambda schema, world: again(FLOWSCHEMA, schema),
    account=SERVER,
)
