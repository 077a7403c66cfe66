"""What kinds look like to the checker of expressions."""

import pytest

from onggi.api.cel.declared import declared
from onggi.apiserver.policy.types import schema
from onggi.kinds import BUILTIN

KINDS = {kind.name: kind for kind in BUILTIN}


@pytest.mark.parametrize(
    ("kind", "path", "expected"),
    [
        ("Deployment", "spec.replicas", "int"),
        ("Deployment", "spec.strategy.rollingUpdate.maxSurge", "dyn"),
        ("Deployment", "spec.template.spec.nodeName", "string"),
        ("ConfigMap", "data", "map(string, string)"),
        ("ConfigMap", "metadata.creationTimestamp", "timestamp"),
        ("Secret", "data", "map(string, bytes)"),
        ("Pod", "metadata.labels", "map(string, string)"),
        ("Pod", "spec.hostNetwork", "bool"),
    ],
)
def test_fields_have_the_types_of_openapi(kind: str, path: str, expected: str) -> None:
    found = declared(schema(KINDS[kind]) or {}, kind, root=True)
    for name in path.split("."):
        assert found is not None
        found = found.fields[name]
    assert str(found.type) == expected


def test_a_kind_that_is_part_of_itself_has_no_schema() -> None:
    assert schema(KINDS["CustomResourceDefinition"]) is None
