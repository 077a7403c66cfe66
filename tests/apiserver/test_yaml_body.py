"""YAML bodies."""

import pytest

from onggi.api.errors import BadRequest
from onggi.apiserver.yaml_body import parsed


def test_yaml_is_read_as_json_would_be():
    body = b"metadata:\n  name: a\n  when: 2026-01-01\nspec: {n: 1, 80: x, on: true}\n"
    obj, twice = parsed(body, "Pod")
    assert obj == {
        "metadata": {"name": "a", "when": "2026-01-01"},
        "spec": {"n": 1, "80": "x", "on": True},
    }
    assert not twice


def test_keys_that_stand_twice_are_named():
    obj, twice = parsed(b"a: 1\nb: 2\na: 3\n", "Pod")
    assert obj == {"a": 3, "b": 2}
    assert twice == ['line 3: key "a" already set in map']


def test_aliases_are_fine_but_bombs_are_not():
    assert parsed(b"a: &x [1]\nb: *x\n", "Pod")[0] == {"a": [1], "b": [1]}
    bomb = b"a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + b"".join(
        b"a%d: &a%d [%b]\n" % (i, i, b",".join([b"*a%d" % (i - 1)] * 10)) for i in range(1, 9)
    )
    with pytest.raises(BadRequest, match="excessive aliasing"):
        parsed(bomb, "Pod")


@pytest.mark.parametrize("body", [b"a: [", b"- 1\n", b"just text", b"", b"a: !!python/object:x {}"])
def test_what_is_no_object_is_refused(body):
    with pytest.raises(BadRequest, match="the object provided is unrecognized"):
        parsed(body, "Pod")
