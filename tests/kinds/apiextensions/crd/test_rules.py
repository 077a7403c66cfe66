"""What a CustomResourceDefinition may say, in upstream's words."""

from typing import Any

import pytest

from onggi.api.objects import Object, clone
from onggi.kinds.apiextensions.crd.kind import CRD
from tests.kinds.samples import completed, sample

SCHEMA = "spec.validation.openAPIV3Schema"
A = f"{SCHEMA}.properties[spec].properties[a]"
TEXT = {"type": "string"}


def spoken(change: Any) -> list[str]:
    crd = sample(CRD)
    change(crd)
    return [str(error) for error in CRD.validate(completed(CRD, crd))]


def of_schema(schema: Object, **version: Any) -> list[str]:
    def change(crd: Object) -> None:
        crd["spec"]["versions"][0].update(schema={"openAPIV3Schema": schema}, **version)

    return spoken(change)


def of_field(**schema: Any) -> list[str]:
    inner = {"type": "object", "properties": {"a": schema}}
    return of_schema({"type": "object", "properties": {"spec": inner}})


def test_a_name_is_that_of_the_resource() -> None:
    said = spoken(lambda crd: crd["metadata"].update(name="x.example.com"))
    assert said == [
        'metadata.name: Invalid value: "x.example.com": must be spec.names.plural+"."+spec.group'
    ]


def test_one_version_is_stored() -> None:
    said = spoken(lambda crd: crd["spec"]["versions"][0].update(storage=False))
    assert said[0].endswith("must have exactly one version marked as storage version")
    assert said[1] == (
        "status.storedVersions: Invalid value: null: must have at least one stored version"
    )


def test_a_version_needs_a_schema() -> None:
    said = spoken(lambda crd: crd["spec"]["versions"][0].pop("schema"))
    assert said == ["spec.versions[0].schema.openAPIV3Schema: Required value"]


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({}, f"{A}.type: Required value: must not be empty for specified object fields"),
        ({"type": "array"}, f"{A}.items: Required value: must be specified"),
        (
            {"type": "array", "items": {}},
            f"{A}.items.type: Required value: must not be empty for specified array items",
        ),
        (
            {"type": "foo"},
            f'{A}.type: Unsupported value: "foo": supported values: "array", "boolean", '
            '"integer", "number", "object", "string"',
        ),
        (
            {**TEXT, "anyOf": [TEXT]},
            f"{A}.anyOf[0].type: Forbidden: must be empty to be structural",
        ),
        (
            {**TEXT, "pattern": "a("},
            f'{A}.pattern: Invalid value: "a(": must be a valid regular expression, but isn\'t: '
            "error parsing regexp: missing closing ): `a(`",
        ),
        (
            {"type": "object", "x-kubernetes-embedded-resource": True},
            f"{A}.properties: Required value: must not be empty if x-kubernetes-embedded-resource "
            "is true without x-kubernetes-preserve-unknown-fields",
        ),
        (
            {**TEXT, "default": 3},
            f'{A}.default: Invalid value: "integer":  in body must be of type string: "integer"',
        ),
        (
            {"type": "object", "default": {"b": 1}},
            f'{A}.default: Invalid value: {{"b":1}}: must not have unknown fields',
        ),
        (
            {**TEXT, "default": "b", "x-kubernetes-validations": [{"rule": "self == 'a'"}]},
            f"{A}.default: Invalid value: \"b\": failed rule: self == 'a'",
        ),
        (
            {"$ref": "foo"},
            f"{A}.$ref: Forbidden: $ref is not supported",
        ),
        (
            {**TEXT, "x-kubernetes-list-type": "set"},
            f'{A}.type: Invalid value: "string": must be array if x-kubernetes-list-type is '
            "specified",
        ),
        (
            {**TEXT, "x-kubernetes-validations": [{"rule": "self.x"}]},
            f'{A}.x-kubernetes-validations[0].rule: Invalid value: {{"Rule":"self.x",'
            '"Message":"","MessageExpression":"","Reason":null,"FieldPath":"",'
            '"OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:5: '
            "type 'string' does not support field selection\n | self.x\n | ....^",
        ),
    ],
)
def test_a_schema_is_structural(schema: Object, says: str) -> None:
    assert of_field(**schema) == [says]


def test_what_alternatives_speak_of_has_to_be_there() -> None:
    schema = {"type": "object", "anyOf": [{"properties": {"b": {"minimum": 1}}}]}
    assert of_schema(schema) == [
        f"{SCHEMA}.properties[b]: Required value: because it is defined in "
        f"{SCHEMA}.anyOf[0].properties[b]"
    ]


def test_integers_or_strings_may_name_their_types() -> None:
    either = [{"type": "integer"}, {"type": "string"}]
    assert of_field(**{"x-kubernetes-int-or-string": True}, anyOf=either) == []


def test_a_rule_that_may_cost_too_much_is_refused() -> None:
    dear = {"rule": "self.all(x, self.all(y, x == y))"}
    said = of_field(type="array", items=TEXT, **{"x-kubernetes-validations": [dear]})
    assert said[0].startswith(
        f"{A}.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by "
        "factor of more than 100x"
    )
    small = {**TEXT, "maxLength": 10}
    rules = {"x-kubernetes-validations": [dear]}
    assert of_field(type="array", items=small, maxItems=10, **rules) == []


def test_metadata_is_given() -> None:
    meta = {"type": "object", "properties": {"labels": {"type": "object"}}}
    (said,) = of_schema({"type": "object", "properties": {"metadata": meta}})
    assert said.startswith(f"{SCHEMA}.properties[metadata]: Forbidden: must not specify anything")
    named = {"type": "object", "properties": {"name": {**TEXT, "pattern": "^a"}}}
    assert of_schema({"type": "object", "properties": {"metadata": named}}) == []


def test_a_scale_is_read_from_where_it_can_be() -> None:
    paths = {"specReplicasPath": ".foo", "statusReplicasPath": ".status.n"}
    assert of_schema({"type": "object"}, subresources={"scale": paths}) == [
        'spec.subresources.scale.specReplicasPath: Invalid value: ".foo": '
        "should be a json path under .spec"
    ]


def test_fields_to_select_by_are_scalars_of_the_schema() -> None:
    inner = {"type": "object", "properties": {"a": TEXT, "o": {"type": "object"}}}
    schema = {"type": "object", "properties": {"spec": inner}}
    fields = [{"jsonPath": p} for p in (".spec.a", ".spec.o", ".spec.b", ".spec['a']", ".spec.a")]
    assert of_schema(schema, selectableFields=fields) == [
        'spec.selectableFields[1].jsonPath: Invalid value: ".spec.o": must point to a field of '
        "type string, boolean or integer. Enum string fields and strings with formats are allowed.",
        'spec.selectableFields[2].jsonPath: Invalid value: ".spec.b": is an invalid path: '
        "does not refer to a valid field",
        "spec.selectableFields[3].jsonPath: Invalid value: \".spec['a']\": is an invalid path: "
        "array notation is not allowed",
        'spec.selectableFields[4].jsonPath: Duplicate value: ".spec.a"',
    ]


def test_kubernetes_own_groups_need_an_approval() -> None:
    def change(crd: Object) -> None:
        crd["spec"]["group"], crd["metadata"]["name"] = "foo.k8s.io", "foos.foo.k8s.io"

    (said,) = spoken(change)
    assert said.startswith("metadata.annotations[api-approved.kubernetes.io]: Required value: ")


def test_versions_that_say_different_things_are_told_apart() -> None:
    def change(crd: Object) -> None:
        other = clone(crd["spec"]["versions"][0])
        other.update(name="v2", storage=False, schema={"openAPIV3Schema": {"type": "string"}})
        crd["spec"]["versions"].append(other)

    assert spoken(change) == [
        'spec.versions[1].schema.openAPIV3Schema.type: Invalid value: "string": '
        "must be object at the root"
    ]


def test_a_stored_version_cannot_go() -> None:
    old = completed(CRD, sample(CRD))
    new = clone(old)
    new["spec"]["versions"][0]["name"] = "v2"
    CRD.prepare(new, old)  # type: ignore[misc]
    (said,) = (str(error) for error in CRD.validate(new, old))
    assert said.startswith('status.storedVersions[0]: Invalid value: "v1": missing from spec.')


def test_names_and_scope_stay_once_they_are_in_use() -> None:
    old = completed(CRD, sample(CRD))
    new = clone(old)
    new["spec"]["scope"], new["spec"]["names"]["kind"] = "Cluster", "Bar"
    assert CRD.validate(new, old) == []
    old["status"]["conditions"] = [{"type": "Established", "status": "True"}]
    assert [str(error) for error in CRD.validate(new, old)] == [
        'spec.scope: Invalid value: "Cluster": field is immutable',
        'spec.names.kind: Invalid value: "Bar": field is immutable',
    ]


@pytest.mark.parametrize(
    ("conversion", "says"),
    [
        (
            {"strategy": "Webhook"},
            [
                "spec.conversion.webhookClientConfig: Required value: required when strategy is "
                "set to Webhook",
                "spec.conversion.conversionReviewVersions: Required value",
            ],
        ),
        (
            {
                "strategy": "Webhook",
                "webhook": {
                    "clientConfig": {"url": "https://a/"},
                    "conversionReviewVersions": ["v3"],
                },
            },
            [
                'spec.conversion.conversionReviewVersions: Invalid value: ["v3"]: must include at '
                "least one of v1, v1beta1"
            ],
        ),
        (
            {"strategy": "None", "webhook": {"clientConfig": {}}},
            [
                "spec.conversion.webhookClientConfig: Forbidden: should not be set when strategy "
                "is not set to Webhook"
            ],
        ),
    ],
)
def test_a_conversion_says_how(conversion: Object, says: list[str]) -> None:
    assert spoken(lambda crd: crd["spec"].update(conversion=conversion)) == says
