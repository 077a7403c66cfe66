"""Warnings about expressions that do not fit the kinds they are for."""

from typing import Any

from onggi.kinds import BUILTIN
from onggi.kinds.admissionregistration.typechecking import type_checking, types, warnings
from tests.world import NOW, ListWorld, told

SCHEMA = {
    "type": "object",
    "properties": {
        "metadata": {"type": "object", "properties": {"name": {"type": "string"}}},
        "spec": {"type": "object", "properties": {"replicas": {"type": "integer"}}},
    },
}


def about(*resources: str, groups: Any = ("apps",), versions: Any = ("v1",)) -> Any:
    return {"apiGroups": list(groups), "apiVersions": list(versions), "resources": list(resources)}


def spec(expression: str, *rules: Any, **more: Any) -> Any:
    rules = rules or (about("deployments"),)
    return {
        "matchConstraints": {"resourceRules": list(rules)},
        "validations": [{"expression": expression, **more.pop("validation", {})}],
        **more,
    }


def found(given: Any) -> list[Any]:
    return warnings(given, BUILTIN, lambda kind: SCHEMA)


def test_what_fits_is_not_warned_of() -> None:
    assert found(spec("object.spec.replicas > oldObject.spec.replicas")) == []


def test_what_does_not_fit_is_named_with_its_place_and_kind() -> None:
    [warning] = found(spec("object.spec.nope > 1"))
    assert warning["fieldRef"] == "spec.validations[0].expression"
    start = (
        "apps/v1, Kind=Deployment: compilation failed: ERROR: <input>:1:12: undefined field 'nope'"
    )
    assert warning["warning"].startswith(start)
    assert warning["warning"].endswith("\n")


def test_every_kind_is_looked_at_in_its_order() -> None:
    [warning] = found(spec("object.nope", about("statefulsets", "deployments")))
    kinds = [line for line in warning["warning"].split("\n") if "Kind=" in line]
    assert [line.partition(":")[0] for line in kinds] == [
        "apps/v1, Kind=Deployment", "apps/v1, Kind=StatefulSet",
    ]  # fmt: skip


def test_messages_are_checked_too() -> None:
    given = spec("true", validation={"messageExpression": "string(object.spec.no)"})
    assert [w["fieldRef"] for w in found(given)] == ["spec.validations[0].messageExpression"]


def test_variables_have_the_types_of_their_expressions() -> None:
    count = [{"name": "count", "expression": "object.spec.replicas"}]
    assert found(spec("variables.count > 1", variables=count)) == []
    assert len(found(spec("variables.count > 'a'", variables=count))) == 1


def test_parameters_have_the_type_of_their_kind() -> None:
    params = {"apiVersion": "v1", "kind": "ConfigMap"}
    assert found(spec("params.spec.replicas > 1", paramKind=params)) == []
    assert len(found(spec("params.data.x == ''", paramKind=params))) == 1


def test_wildcards_and_subresources_are_not_looked_at() -> None:
    for rule in (
        about("*"), about("deployments/scale"), about("deployments", groups=["*"]),
        about("deployments", versions=["*"]), about("nothing"),
    ):  # fmt: skip
        assert types(spec("true", rule), BUILTIN) == []


def test_ten_types_are_enough() -> None:
    every = [about(k.plural, groups=[k.group], versions=[k.version]) for k in BUILTIN]
    assert len(types(spec("true", *every), BUILTIN)) <= 10


def test_a_policy_is_checked_once_for_each_generation() -> None:
    reconcile = type_checking(lambda kind: SCHEMA).reconcile
    policy = {"metadata": {"name": "p", "generation": 2}, "spec": spec("object.nope")}
    plan = reconcile(policy, ListWorld(), NOW)
    assert [told(action) for action in plan.actions] == ["status ValidatingAdmissionPolicy p"]
    status = plan.actions[0].status  # type: ignore[union-attr]
    assert status["observedGeneration"] == 2
    assert status["typeChecking"]["expressionWarnings"]
    assert reconcile({**policy, "status": status}, ListWorld(), NOW).actions == ()
