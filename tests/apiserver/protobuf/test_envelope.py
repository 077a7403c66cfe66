"""Bodies as Go clients write them, byte by byte."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.errors import BadRequest
from onggi.apiserver.protobuf.envelope import decode


def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def message(*fields):
    """Fields as (number, whole number | text | bytes)."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            data = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(data)) + data
    return out


def body(version, kind, *fields):
    return b"k8s\x00" + message((1, message((1, version), (2, kind))), (2, message(*fields)))


def test_a_configmap_with_a_map():
    meta = message((1, "settings"), (3, "default"), (5, ""), (7, 0), (8, b""))
    entry = message((1, "colour"), (2, "blue"))
    obj, unknown = decode(body("v1", "ConfigMap", (1, meta), (2, entry)))
    assert unknown == []
    assert obj == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "settings", "namespace": "default"},
        "data": {"colour": "blue"},
    }


def test_a_zero_counts_only_where_go_has_a_pointer():
    spec = message((1, 0), (5, 0), (6, 3), (7, 0))
    obj, _ = decode(body("apps/v1", "Deployment", (2, spec)))
    assert obj["spec"] == {"replicas": 0, "revisionHistoryLimit": 3}


def test_fields_that_json_has_inline():
    get = message((1, "/healthz"), (2, message((1, 0), (2, 8080))))
    probe = message((1, message((2, get))), (3, 5))
    volume = message((1, "v"), (2, message((2, message()))))
    memory = message((1, "memory"), (2, message((1, "1Gi"))))
    container = message((1, "c"), (10, probe), (8, message((2, memory))))
    spec = message((1, volume), (2, container))
    obj, unknown = decode(body("v1", "Pod", (2, spec)))
    assert unknown == []
    assert obj["spec"]["volumes"] == [{"name": "v", "emptyDir": {}}]
    assert obj["spec"]["containers"] == [
        {
            "name": "c",
            "resources": {"requests": {"memory": "1Gi"}},
            "livenessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "timeoutSeconds": 5},
        }
    ]


def test_times_bytes_and_negative_numbers():
    meta = message((8, message((1, 1700000000))))
    obj, _ = decode(body("v1", "Secret", (1, meta), (2, message((1, "k"), (2, b"\xff\x00")))))
    assert obj["metadata"] == {"creationTimestamp": "2023-11-14T22:13:20Z"}
    assert obj["data"] == {"k": "/wA="}
    obj, _ = decode(body("scheduling.k8s.io/v1", "PriorityClass", (2, -10)))
    assert obj["value"] == -10


def test_a_list_within_a_map():
    extra = message((1, "scopes"), (2, message((1, "a"), (1, "b"))))
    spec = message((5, extra))
    obj, _ = decode(body("authorization.k8s.io/v1", "SubjectAccessReview", (2, spec)))
    assert obj["spec"]["extra"] == {"scopes": ["a", "b"]}


def test_options_of_a_deletion():
    obj, _ = decode(body("v1", "DeleteOptions", (1, 0), (4, "Foreground")))
    assert obj["gracePeriodSeconds"] == 0
    assert obj["propagationPolicy"] == "Foreground"


def test_a_number_from_the_future_is_reported():
    _, unknown = decode(body("v1", "ConfigMap", (999, "x")))
    assert unknown == ["unknown field number 999 in api.core.v1.ConfigMap"]


@pytest.mark.parametrize("kind", [("v1", "Nothing"), ("example.com/v1", "Pod"), ("", "")])
def test_a_kind_that_does_not_exist_is_refused(kind):
    with pytest.raises(BadRequest, match="no kind"):
        decode(body(*kind))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    for whole in (data, b"k8s\x00" + data, body("v1", "Pod", (2, data))):
        with suppress(BadRequest):
            decode(whole)
