"""What mutations make."""

import pytest

from onggi.api.cel.composition import Composition
from onggi.api.cel.errors import CelError
from onggi.api.cel.patches import native, operation
from onggi.api.cel.types import struct

COMPOSED = Composition()


def made(source: str) -> object:
    expression = COMPOSED.expression(source, (), patches=True)
    assert not expression.error, expression.error
    return COMPOSED.run({"object": {"a": [1]}}, 10_000).evaluate(expression)


def test_objects_become_json() -> None:
    source = (
        "Object{spec: Object.spec{on: true, list: object.a, map: {'k': 1.5}, ?x: optional.none()}}"
    )
    assert native(made(source)) == {"spec": {"on": True, "list": [1], "map": {"k": 1.5}}}


def test_a_type_name_is_the_path_of_its_field() -> None:
    with pytest.raises(CelError, match=r'unexpected type name "Object\.b", expected "Object\.a"'):
        native(made("Object{a: Object.b{}}"))


def test_steps_of_json_patches() -> None:
    found = made("[JSONPatch{op: 'add', path: '/a/' + jsonpatch.escapeKey('b/~'), value: [1]}]")
    assert [operation(step) for step in found] == [  # type: ignore[attr-defined]
        {"op": "add", "path": "/a/b~1~0", "value": [1]}
    ]


def test_the_types_are_there_for_mutations_alone() -> None:
    assert "undeclared reference to 'Object'" in COMPOSED.expression("Object{}", ()).error
    found = COMPOSED.expression("Object{}", (struct("Object"),), patches=True)
    assert not found.error
    wrong = COMPOSED.expression("JSONPatch{nope: 1}", (), patches=True)
    assert "undefined field 'nope'" in wrong.error
