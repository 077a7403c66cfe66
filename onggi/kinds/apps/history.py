"""What a DaemonSet or StatefulSet looked like: ControllerRevisions, made, found and forgotten.

    past = history(ds, world)                  its revisions, and the actions that make them so
    past.current                               that of the present template, or None
    snapshot(ds, past, HASH, hash)             a new one

A revision keeps the template as the patch that brings it back (``kubectl rollout undo``).
Source: ``pkg/controller/history``, ``pkg/controller/daemon/update.go``.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onggi.api.errors import AlreadyExists, StatusError
from onggi.api.kind import Kind
from onggi.api.objects import Object, View, get, owner_reference
from onggi.api.plan import Action, Create, Delete, Patch, SetStatus, World
from onggi.kinds.apps.claim import candidates, claim
from onggi.kinds.apps.controllerrevision import CONTROLLERREVISION
from onggi.kinds.apps.template import same

REPLACE = "$patch"
LONGEST_PREFIX = 223


@dataclass(frozen=True)
class History:
    """``old`` are in order; ``doubles`` are further ones of the present template."""

    current: View | None
    old: Sequence[View]
    doubles: Sequence[View]
    actions: list[Action]

    @property
    def next_number(self) -> int:
        return max((number(revision) for revision in self.old), default=0) + 1


def history(owner: View, world: World) -> History:
    found = candidates(CONTROLLERREVISION, owner, world)
    mine, actions = claim(CONTROLLERREVISION, owner, found)
    mine.sort(key=lambda r: (number(r), r["metadata"]["name"]))
    present = [revision for revision in mine if is_of(revision, owner)]
    old = [revision for revision in mine if not any(revision is other for other in present)]
    past = History(present[-1] if present else None, old, present[:-1], actions)
    if past.current is not None and number(past.current) < past.next_number:
        newest = {"revision": past.next_number}
        actions.append(Patch(CONTROLLERREVISION, past.current, newest))
    return past


def number(revision: View) -> int:
    return revision.get("revision") or 0


def is_of(revision: View, owner: View) -> bool:
    """Whether it is the owner's present template."""
    return same(template_of(revision), owner["spec"]["template"])


def template_of(revision: View) -> Object:
    template = get(revision, "data.spec.template") or {}
    return {key: value for key, value in template.items() if key != REPLACE}


def snapshot(owner: View, past: History, label: str, digest: str) -> Object:
    """A revision of the present template, named and labelled after its hash."""
    meta, template = owner["metadata"], owner["spec"]["template"]
    labels = dict(get(template, "metadata.labels") or {}) | {label: digest}
    return {
        "apiVersion": CONTROLLERREVISION.api_version,
        "kind": CONTROLLERREVISION.name,
        "metadata": {
            "name": f"{meta['name'][:LONGEST_PREFIX]}-{digest}",
            "namespace": meta["namespace"],
            "labels": labels,
            "annotations": dict(meta.get("annotations") or {}),
            "ownerReferences": [owner_reference(owner)],
        },
        "data": patch_of(template),
        "revision": past.next_number,
    }


def patch_of(template: View) -> Object:
    """As Go writes it, byte for byte, since tests compare it so: keys in order, and the time that
    a template never has."""
    whole = {"creationTimestamp": None} | (template.get("metadata") or {})
    patch = {**template, "metadata": whole, REPLACE: "replace"}
    found: Object = in_order({"spec": {"template": patch}})
    return found


def in_order(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: in_order(value[key]) for key in sorted(value)}
    return [in_order(item) for item in value] if isinstance(value, list | tuple) else value


def create(kind: Kind, owner: View, revision: Object) -> Create:
    """Where another has the name, the next hash is another one."""

    def collided(error: StatusError) -> list[Action]:
        if not isinstance(error, AlreadyExists):
            return []
        status = owner.get("status") or {}
        return [SetStatus(kind, owner, {**status, "collisionCount": collisions(owner) + 1})]

    return Create(CONTROLLERREVISION, revision, failed=collided)


def collisions(owner: View) -> int:
    return get(owner, "status.collisionCount") or 0


def clean_up(owner: View, old: Sequence[View], live: Collection[str]) -> list[Action]:
    """The oldest go, but for those that ``live`` names: pods still run from them."""
    idle = [revision for revision in old if revision["metadata"]["name"] not in live]
    surplus = len(old) - (get(owner, "spec.revisionHistoryLimit") or 0)
    return [Delete(CONTROLLERREVISION, revision) for revision in idle[: max(surplus, 0)]]
