"""A schema with every kind of place in it, objects of that schema, and who writes them."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from onggi.api.fields.compare import compare
from onggi.api.fields.plan import Plan, plan
from onggi.api.fields.sets import Trie, difference, union
from onggi.api.fields.update import Application, Manager, Managers, Owned, applied, updated
from onggi.api.objects import View
from onggi.api.schema import Schemas

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
LABELS = {"type": "object", "additionalProperties": TEXT}
ITEMS = {
    "type": "array",
    "items": {"$ref": "#/definitions/item"},
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name"],
}
PORTS = {
    "type": "array",
    "items": {"$ref": "#/definitions/io.k8s.api.core.v1.ServicePort"},
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["port", "protocol"],
}
DEFINITIONS: dict[str, Any] = {
    "root": {
        "x-go": {"always": ["sub"], "keeps": ["kept"]},
        "required": ["kept"],
        "properties": {
            "text": TEXT,
            "number": NUMBER,
            "labels": LABELS,
            "selector": LABELS | {"x-kubernetes-map-type": "atomic"},
            "args": {"type": "array", "items": TEXT},
            "kept": {"type": "array", "items": TEXT, "x-kubernetes-list-type": "set"},
            "set": {"type": "array", "items": TEXT, "x-kubernetes-list-type": "set"},
            "items": ITEMS,
            "sub": {"$ref": "#/definitions/sub"},
            "free": {},
        },
    },
    "item": {
        "required": ["name"],
        "properties": {"name": TEXT, "value": NUMBER, "labels": LABELS, "ports": PORTS},
    },
    "io.k8s.api.core.v1.ServicePort": {
        "properties": {"port": NUMBER, "protocol": TEXT, "name": TEXT}
    },
    "sub": {"properties": {"text": TEXT, "sub": {"$ref": "#/definitions/sub"}, "items": ITEMS}},
}
ROOT = plan(Schemas(DEFINITIONS.__getitem__).load("root"))


few = settings(max_examples=40)  # each runs through whole objects


class OneVersion:
    """``Versions`` of an object that has only one."""

    fixed = False

    def plan(self, version: str) -> Plan:
        return {"v1": ROOT}[version]

    def convert(self, obj: View, version: str) -> View | None:
        return obj if version == "v1" else None

    def keep(self, fields: Trie, version: str) -> Trie:
        return fields


class Live:
    """An object and its managers."""

    def __init__(self) -> None:
        self.object: Any = {}
        self.managers: Managers = {}

    def apply(self, name: str, config: Any, *, force: bool = False) -> bool:
        """Whether it changed anything in the object. Raises Conflicts, Misshapen."""
        who = Manager(name, "Apply")
        what = Application(self.object, config, "v1", who, force, OneVersion())
        found = applied(self.managers, what)
        self.managers = found.managers
        if found.obj is not None:
            self.object = found.obj
        return found.obj is not None

    def update(self, name: str, new: Any) -> None:
        who = Manager(name, "Update", "v1")
        others = {manager: owned for manager, owned in self.managers.items() if manager != who}
        before = self.managers[who].fields if who in self.managers else {}
        gone = compare(self.object, new, ROOT).removed
        left, changed = updated(others, self.object, new, "v1", OneVersion())
        if own := union(difference(before, gone), changed):
            left[who] = Owned(own, "v1")
        self.object, self.managers = new, left

    def owned(self, name: str) -> Trie:
        return next((o.fields for who, o in self.managers.items() if who.name == name), {})


def some(**places: Any) -> Any:
    """Objects that have any of these."""
    return st.fixed_dictionaries({}, optional=places)


def unique(items: Any, key: Any) -> Any:
    return st.lists(items, max_size=3, unique_by=key)


texts = st.sampled_from(["a", "b", "c"])
labels = st.dictionaries(texts, texts, max_size=3)
ports = unique(
    some(name=texts, protocol=st.sampled_from(["TCP", "UDP"])).flatmap(
        lambda rest: st.sampled_from([80, 443]).map(lambda port: {"port": port, **rest})
    ),
    lambda port: (port["port"], port.get("protocol", "TCP")),
)
items = unique(
    some(value=st.integers(0, 2), labels=labels, ports=ports).flatmap(
        lambda rest: texts.map(lambda name: {"name": name, **rest})
    ),
    lambda item: item["name"],
)
subs = some(text=texts, items=items, sub=some(text=texts))
free = st.recursive(
    texts | st.lists(texts, max_size=2),
    lambda inner: st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
objects = some(
    text=texts,
    number=st.integers(0, 2),
    labels=labels,
    selector=labels,
    args=st.lists(texts, max_size=2),
    set=unique(texts, lambda text: text),
    items=items,
    sub=subs,
    free=free,
)
