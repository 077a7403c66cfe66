"""What would not fit if a ValidatingAdmissionPolicy met the kinds that it is about: warnings in
its status.

A policy takes effect whatever is found here. The types that are looked at are those that its rules
name without wildcards, ten at most; ``schema`` tells what an object of a kind looks like.
Sources: ``k8s.io/apiserver/pkg/admission/plugin/policy/validating/typechecking.go``,
``pkg/controller/validatingadmissionpolicystatus/controller.go``.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice, product
from typing import TYPE_CHECKING

from onggi.api.kind import Kind
from onggi.api.objects import Object, View, get
from onggi.api.plan import Controller, Plan, SetStatus, World
from onggi.kinds.admissionregistration.policies import listed
from onggi.kinds.admissionregistration.validatingadmissionpolicy import VALIDATINGADMISSIONPOLICY

if TYPE_CHECKING:
    from onggi.api.cel.composition import Composition

MOST_TYPES = 10
EXPRESSIONS = ("expression", "messageExpression")
Schema = Callable[[Kind], View | None]


def type_checking(schema: Schema) -> Controller:
    """Once for each generation of a policy, as upstream."""

    def reconcile(policy: View, world: World, now: datetime) -> Plan:
        generation: int = get(policy, "metadata.generation", 0)
        status: View = policy.get("status") or {}
        if generation <= status.get("observedGeneration", 0):
            return Plan()
        found = warnings(policy.get("spec") or {}, world.kinds, schema)
        checked: Object = {"expressionWarnings": found} if found else {}
        new = {**status, "observedGeneration": generation, "typeChecking": checked}
        return Plan((SetStatus(VALIDATINGADMISSIONPOLICY, policy, new),))

    return Controller(
        name="validatingadmissionpolicy-status-controller",
        kind=VALIDATINGADMISSIONPOLICY,
        reconcile=reconcile,
    )


def warnings(spec: View, kinds: Sequence[Kind], schema: Schema) -> list[Object]:
    rooms = list(compositions(spec, kinds, schema))
    found: list[Object] = []
    for index, validation in enumerate(listed(spec, "validations")):
        for name in EXPRESSIONS:
            source = validation.get(name) or ""
            if source and (said := complaints(source, rooms)):
                ref = f"spec.validations[{index}].{name}"
                found.append({"fieldRef": ref, "warning": "\n".join(said)})
    return found


def complaints(source: str, rooms: Sequence[tuple[Kind, "Composition"]]) -> list[str]:
    """One for each kind that the expression does not fit."""
    return [
        f"{kind.group}/{kind.version}, Kind={kind.name}: {error}\n"
        for kind, composed in rooms
        if (error := composed.expression(source, ()).error)
    ]


def compositions(
    spec: View, kinds: Sequence[Kind], schema: Schema
) -> Iterator[tuple[Kind, "Composition"]]:
    """The variables of a policy, compiled for each kind that it is about."""
    subjects = types(spec, kinds)
    if not subjects:
        return
    from onggi.api.cel.composition import Composition
    from onggi.api.cel.declared import Declared, declared

    def type_of(kind: Kind) -> Declared | None:
        found = schema(kind)
        return declared(found, f"{kind.name}1", root=True) if found else None

    variables = [
        (v.get("name") or "", v.get("expression") or "") for v in listed(spec, "variables")
    ]
    asked = spec.get("paramKind") or {}
    named = (
        k for k in kinds if (k.api_version, k.name) == (asked.get("apiVersion"), asked.get("kind"))
    )
    params = next((t for kind in named if (t := type_of(kind))), None)
    for kind in subjects:
        subject = type_of(kind)
        if subject is not None:
            objects = {"object": subject, "oldObject": subject}
            if params is not None:
                objects["params"] = params
            yield kind, Composition(variables, params=bool(asked), objects=objects)


def types(spec: View, kinds: Sequence[Kind]) -> list[Kind]:
    """In the order of group, version and kind."""
    rules: Sequence[View] = get(spec, "matchConstraints.resourceRules") or ()
    by_name = {(k.group, k.version, k.plural): k for k in kinds}
    named = (by_name[key] for rule in rules for key in plain(rule) if key in by_name)
    found = {(k.group, k.version, k.name): k for k in islice(named, MOST_TYPES)}
    return [kind for _, kind in sorted(found.items())]


def plain(rule: View) -> Iterator[tuple[str, str, str]]:
    """What a rule names without wildcards; subresources are passed over."""
    groups, versions = rule.get("apiGroups") or (), rule.get("apiVersions") or ()
    if any("*" in each for each in (*groups, *versions)):
        return iter(())
    resources = [r for r in rule.get("resources") or () if "*" not in r and "/" not in r]
    return product(sorted(groups), sorted(versions), sorted(resources))
