"""What one MutatingAdmissionPolicy makes of one object: JSON patches, and configurations that are
merged as server-side apply merges them. Pure.

Source: ``k8s.io/apiserver/pkg/admission/plugin/policy/mutating/patch`` (json_patch.go, smd.go).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from onggi.api.cel.composition import Composition, Expression, Run
from onggi.api.cel.errors import CelError
from onggi.api.cel.patches import native, operation
from onggi.api.cel.types import list_of, struct
from onggi.api.errors import StatusError
from onggi.api.fields.check import check
from onggi.api.fields.elements import Misshapen
from onggi.api.fields.merge import merge
from onggi.api.fields.plan import Plan, divided
from onggi.api.objects import Object, View
from onggi.api.patch import json
from onggi.api.schema_nodes import FIELDS, KEYED, SET
from onggi.apiserver.policy.validation import compile_conditions
from onggi.kinds.admissionregistration.mutatingadmissionpolicy import JSON_PATCH, patch_source
from onggi.kinds.admissionregistration.policies import composition, listed

TYPES = {True: list_of(struct("JSONPatch")), False: struct("Object")}


class NotChanged(Exception):
    """A mutation that cannot be made; the text is upstream's."""


@dataclass(frozen=True, slots=True)
class Mutation:
    expression: Expression
    is_json: bool


@dataclass(frozen=True, slots=True)
class Mutations:
    """A policy, compiled."""

    composed: Composition
    conditions: tuple[Expression, ...]
    mutations: tuple[Mutation, ...]


def compile_mutations(spec: View) -> Mutations:
    composed = composition(spec)
    found: list[Mutation] = []
    for written in listed(spec, "mutations"):
        is_json = written.get("patchType") == JSON_PATCH
        made = composed.expression(patch_source(written), (TYPES[is_json],), patches=True)
        found.append(Mutation(made, is_json))
    return Mutations(composed, compile_conditions(spec, composed), tuple(found))


def changed(mutation: Mutation, run: Run, obj: View, plan: Plan) -> Object | View:
    """The object after the mutation; the same one where a ``test`` did not hold. Raises
    NotChanged, and Failed and OutOfBudget of the expression."""
    value = run.evaluate(mutation.expression)
    try:
        if mutation.is_json:
            return patched(obj, [operation(each) for each in value])
        config = native(value)
    except CelError as error:
        text = str(error)
        raise NotChanged(text if text.startswith("type") else f"type mismatch: {text}") from None
    return configured(obj, config, plan)


def patched(obj: View, operations: list[Any]) -> Object | View:
    try:
        return json.apply(obj, operations)
    except StatusError as error:
        why = getattr(error, "why", error.message)
        if json.TEST_FAILED in why:
            return obj
        raise NotChanged(f"JSON Patch: {why}") from None


def configured(obj: View, config: Object, plan: Plan) -> Object:
    config = {**config, "apiVersion": obj.get("apiVersion"), "kind": obj.get("kind")}
    try:
        check(config, plan)
    except Misshapen as error:
        why = f"failed to convert patch object to typed object: {error}"
        raise NotChanged(f"error applying patch: {why}") from None
    if wrong := list(atomics(config, plan, "")):
        why = f"may not mutate atomic arrays, maps or structs: {', '.join(wrong)}"
        raise NotChanged(f"error applying patch: invalid ApplyConfiguration: {why}")
    try:
        return merge(obj, config, plan)
    except Misshapen as error:
        raise NotChanged(f"error applying patch: failed to merge patch: {error}") from None


def atomics(value: Any, plan: Plan, path: str) -> Iterator[str]:
    """Where a configuration states a whole that only one can own."""
    shape = divided(plan.shape, value)
    if isinstance(value, dict):
        if shape != FIELDS:
            yield path
        for name, item in value.items():
            yield from atomics(item, plan.below(name).plan, f"{path}.{name}")
    elif isinstance(value, list):
        if shape not in (SET, KEYED):
            yield path
        for index, item in enumerate(value):
            yield from atomics(item, plan.items, f"{path}[{index}]")
