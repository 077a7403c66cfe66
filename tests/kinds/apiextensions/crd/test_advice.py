"""Warnings about definitions that are accepted."""

from onggi.api.objects import Object
from onggi.kinds.apiextensions.crd.advice import advice
from onggi.kinds.apiextensions.crd.kind import CRD
from tests.kinds.samples import created


def of(**field: object) -> Object:
    crd = created(CRD)
    schema = {"type": "object", "properties": {"a": {"type": "string", **field}}}
    crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = schema
    return crd


def test_a_format_that_nobody_knows_is_told_once() -> None:
    crd = of(format="colour")
    assert list(advice(crd, None)) == ['unrecognized format "colour"']
    assert list(advice(crd, crd)) == []
    assert list(advice(of(format="date-time"), None)) == []


def test_a_set_of_objects_is_told() -> None:
    crd = of(**{"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "object"}})
    assert list(advice(crd, None)) == [
        'x-kubernetes-list-type: set for items of type "object" is not supported by server-side '
        "apply or CEL validation rules"
    ]
