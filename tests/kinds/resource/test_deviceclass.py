"""Selectors, configuration and the extended resource of a class."""

from onggi.kinds.resource.deviceclass import DEVICECLASS
from tests.kinds.samples import said


def test_a_selector_is_an_expression():
    assert said(DEVICECLASS, selectors=[{}]) == ["spec.selectors[0].cel: Required value"]


def test_parameters_are_an_object():
    opaque = {"driver": "gpu.example.com", "parameters": ["x"]}
    assert said(DEVICECLASS, config=[{"opaque": opaque}]) == [
        'spec.config[0].opaque.parameters: Invalid value: "<value omitted>": must be a valid JSON '
        "object"
    ]


def test_it_may_stand_for_an_extended_resource():
    assert said(DEVICECLASS, extendedResourceName="example.com/gpu") == []
    assert len(said(DEVICECLASS, extendedResourceName="cpu")) == 1
