"""From client-side apply to server-side apply: what kubectl's annotation allows, and keeps.

Source: ``k8s.io/apimachinery/pkg/util/managedfields/internal`` (lastappliedmanager.go,
lastappliedupdater.go).
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from onggi.api.fields.check import check
from onggi.api.fields.compare import compare
from onggi.api.fields.elements import Misshapen
from onggi.api.fields.owned import fields_stated
from onggi.api.fields.plan import Plan
from onggi.api.fields.sets import NOTHING, Trie, difference
from onggi.api.gotext import json_text
from onggi.api.meta import ANNOTATIONS_LIMIT
from onggi.api.names import size
from onggi.api.objects import Object, View

ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"
KUBECTL = "kubectl"  # the one manager that inherits from client-side apply


def annotation(obj: View) -> str:
    found: str = ((obj.get("metadata") or {}).get("annotations") or {}).get(ANNOTATION, "")
    return found


def allowed(live: View, version: str, plan: Plan) -> Trie:
    """What client-side apply set and nobody has changed since: no conflict for kubectl."""
    try:
        last: Any = msgspec.json.decode(annotation(live))
    except msgspec.DecodeError:
        return NOTHING
    if not isinstance(last, dict) or last.get("apiVersion") != version:
        return NOTHING
    try:
        check(last, plan)
        change = compare(last, live, plan)
        return difference(difference(fields_stated(last, plan), change.changed), change.removed)
    except Misshapen:
        return NOTHING


def renewed(obj: Object, config: View) -> Object:
    """``obj`` with its annotation, where it has one, saying what was applied now."""
    if not annotation(obj):
        return obj
    meta: View = config.get("metadata") or {}
    shown = {**config, "metadata": dict(meta)}
    if isinstance(others := meta.get("annotations"), Mapping):
        shown["metadata"]["annotations"] = {k: v for k, v in others.items() if k != ANNOTATION}
    annotations = {**obj["metadata"]["annotations"], ANNOTATION: text(shown)}
    if sum(size(key) + size(value) for key, value in annotations.items()) > ANNOTATIONS_LIMIT:
        del annotations[ANNOTATION]
    return {**obj, "metadata": {**obj["metadata"], "annotations": annotations}}


def text(config: View) -> str:
    """As Go writes an unstructured object: keys in order, a line's end behind."""
    return json_text(msgspec.to_builtins(config, order="sorted")) + "\n"
