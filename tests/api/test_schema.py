from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.schema import Decoded, Schemas, decode

REF = "#/definitions/"
PART = "io.k8s.api.test.v1.Part"
THING = "io.k8s.api.test.v1.Thing"
DEFINITIONS: dict[str, Any] = {
    THING: {
        "properties": {
            "name": {"type": "string"},
            "on": {"type": "boolean"},
            "count": {"type": "integer", "format": "int32"},
            "big": {"type": "integer", "format": "int64"},
            "ratio": {"type": "number", "format": "double"},
            "data": {"type": "object", "additionalProperties": {"type": "string"}},
            "secret": {"type": "object", "additionalProperties": {
                "type": "string", "format": "byte"}},
            "limits": {"type": "object", "additionalProperties": {
                "$ref": f"{REF}io.k8s.apimachinery.pkg.api.resource.Quantity"}},
            "port": {"$ref": f"{REF}io.k8s.apimachinery.pkg.util.intstr.IntOrString"},
            "at": {"$ref": f"{REF}io.k8s.apimachinery.pkg.apis.meta.v1.Time"},
            "exactly": {"$ref": f"{REF}io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime"},
            "any": {"$ref": f"{REF}io.k8s.apimachinery.pkg.runtime.RawExtension"},
            "part": {"$ref": REF + PART},
            "parts": {
                "type": "array", "items": {"$ref": REF + PART},
                "x-kubernetes-patch-strategy": "merge,retainKeys",
                "x-kubernetes-patch-merge-key": "name"},
            "byName": {"type": "object", "additionalProperties": {"$ref": REF + PART}},
            "words": {"type": "array", "items": {"type": "string"}},
            "needed": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["needed"],
    },
    "io.k8s.api.test.v1.Known": {
        "properties": {
            "mode": {"type": "string"},
            "name": {"type": "string"},
            "count": {"type": "integer", "format": "int32"},
            "on": {"type": "boolean"},
            "part": {"$ref": REF + PART},
            "known": {"$ref": REF + "io.k8s.api.test.v1.Known"},
            "list": {"type": "array", "items": {"type": "string"}},
            "limits": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "required": ["limits"],
        "x-go": {
            "always": ["part"],
            "keeps": ["list"],
            "omits": ["mode", "count", "on"],
            "types": {"mode": "v1.Mode", "list": "[]v1.Word", "limits": "v1.Limits"},
        },
    },
    PART: {
        "properties": {
            "name": {"type": "string"},
            "size": {"type": "integer", "format": "int32"},
            "inner": {"$ref": REF + PART},
        },
    },
}  # fmt: skip
SCHEMAS = Schemas(DEFINITIONS.__getitem__)
SCHEMA = SCHEMAS.load(THING)


def decoded(**fields: Any) -> Decoded:
    return decode(fields, SCHEMA)


def test_what_fits_stays_as_it_is() -> None:
    obj = {
        "name": "", "on": False, "count": 0, "big": 2**63 - 1, "ratio": 1.5, "data": {"a": ""},
        "secret": {"a": "YQ=="}, "limits": {"cpu": "100m"}, "port": "http", "any": {"x": [None]},
        "at": "2026-01-01T00:00:00Z", "part": {}, "parts": [{"name": "a"}], "words": [""],
    }  # fmt: skip
    before = str(obj)
    assert decode(obj, SCHEMA) == Decoded(obj, [], [])
    assert str(obj) == before


def test_nulls_and_empty_lists_are_dropped_but_not_empty_objects() -> None:
    assert decoded(name=None, words=[], data={}, part={}, needed=[], any=None, parts=None) == (
        {"part": {}, "needed": []},
        [],
        [],
    )


def test_a_null_in_a_list_or_map_is_the_zero_value() -> None:
    found = decoded(data={"a": None}, words=[None], parts=[None], byName={"a": None}).object
    assert found == {"data": {"a": ""}, "words": [""], "parts": [{}], "byName": {"a": {}}}


def test_values_are_written_in_their_canonical_form() -> None:
    found = decoded(
        limits={"cpu": 0.5, "memory": "1024Mi", "x": None},
        at="2026-01-01T01:00:00.7+01:00",
        exactly="2026-01-01T00:00:00.000001Z",
        secret={"a": "Y\nQ=="},
    )
    assert found.object == {
        "limits": {"cpu": "500m", "memory": "1Gi", "x": "0"},
        "at": "2026-01-01T00:00:00Z",
        "exactly": "2026-01-01T00:00:00.000001Z",
        "secret": {"a": "YQ=="},
    }
    assert decoded(at="0001-01-01T00:00:00Z").object == {}


def test_unknown_fields_are_dropped_and_named_with_their_place() -> None:
    found = decoded(
        foo=1,
        parts=[{"name": "a"}, {"bar": {"deep": 1}, "inner": {"baz": None}}],
        byName={"k": {'q"': 1}},
        any={"kept": 1},
        data={"free": "x"},
    )
    assert found.unknown == [
        'unknown field "foo"',
        'unknown field "parts[1].bar"',
        'unknown field "parts[1].inner.baz"',
        'unknown field "byName.k.q\\""',
    ]
    assert found.object == {
        "parts": [{"name": "a"}, {"inner": {}}],
        "byName": {"k": {}},
        "any": {"kept": 1},
        "data": {"free": "x"},
    }
    assert found.errors == []


def test_only_a_hundred_unknown_fields_are_named() -> None:
    assert len(decoded(**{f"x{i}": i for i in range(200)}).unknown) == 100


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"count": "3"}, "string into Go struct field Thing.count of type int32"),
        ({"count": 3.5}, "number 3.5 into Go struct field Thing.count of type int32"),
        ({"count": 2**31}, "number 2147483648 into Go struct field Thing.count of type int32"),
        ({"count": True}, "bool into Go struct field Thing.count of type int32"),
        ({"big": 2**63}, f"number {2**63} into Go struct field Thing.big of type int64"),
        ({"name": 1}, "number into Go struct field Thing.name of type string"),
        ({"name": {}}, "object into Go struct field Thing.name of type string"),
        ({"on": "true"}, "string into Go struct field Thing.on of type bool"),
        ({"ratio": "1"}, "string into Go struct field Thing.ratio of type float64"),
        ({"data": {"a": 1}}, "number into Go struct field Thing.data of type string"),
        ({"data": []}, "array into Go struct field Thing.data of type map[string]string"),
        ({"part": "x"}, "string into Go struct field Thing.part of type v1.Part"),
        ({"parts": {}}, "object into Go struct field Thing.parts of type []v1.Part"),
        ({"parts": ["x"]}, "string into Go struct field Thing.parts of type v1.Part"),
        ({"secret": {"a": 1}}, "number into Go struct field Thing.secret of type []uint8"),
        (
            {"parts": [{"inner": {"size": "x"}}]},
            "string into Go struct field Part.parts.inner.size of type int32",
        ),
        ({"at": 5}, "number into Go struct field Thing.at of type string"),
        ({"port": True}, "bool into Go struct field Thing.port of type int32"),
        ({"port": 1.5}, "number 1.5 into Go struct field Thing.port of type int32"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_in_gos_words(
    fields: dict[str, Any], message: str
) -> None:
    assert decoded(**fields).errors == [f"json: cannot unmarshal {message}"]


@pytest.mark.parametrize(
    ("fields", "start"),
    [
        ({"limits": {"cpu": "lots"}}, "quantities must match the regular expression"),
        ({"at": "now"}, 'parsing time "now" as "2006-01-02T15:04:05Z07:00"'),
        ({"secret": {"a": "?"}}, "illegal base64 data at input byte 0"),
    ],
)
def test_a_value_of_the_wrong_form_is_refused(fields: dict[str, Any], start: str) -> None:
    (error,) = decoded(**fields).errors
    assert error.startswith(start)


def test_what_stops_gos_decoder_is_reported_first() -> None:
    errors = decoded(count="x", at="now", limits={"cpu": "?"}).errors
    assert errors[0].startswith("parsing time")
    assert errors[1].startswith("json: cannot unmarshal string")
    assert len(errors) == 2


def test_a_whole_object_of_the_wrong_type_is_refused() -> None:
    wrong: Any = []
    assert decode(wrong, SCHEMA).errors == [
        "json: cannot unmarshal array into Go value of type v1.Thing"
    ]


def test_a_schema_tells_how_its_lists_are_merged() -> None:
    field = SCHEMA.field("parts")
    assert field is not None
    assert field.strategies == ("merge", "retainKeys")
    assert field.merge_key == "name"
    part = field.node.items
    assert part is not None
    size = part.field("size")
    assert size is not None
    assert size.strategies == ()
    assert SCHEMA.field("nothing") is None
    assert size.node.field("x") is None
    assert size.node.items is None


def test_an_unknown_definition_shows_when_it_is_used() -> None:
    schema = SCHEMAS.load("io.k8s.api.test.v1.Nothing")
    with pytest.raises(KeyError):
        decode({"a": 1}, schema)


KNOWN = SCHEMAS.load("io.k8s.api.test.v1.Known")


def test_what_go_omits_is_dropped_and_what_it_always_writes_is_added() -> None:
    obj: dict[str, Any] = {
        "mode": "", "name": "", "count": 0, "on": False, "list": [], "limits": {}, "known": {},
    }  # fmt: skip
    assert decode(obj, KNOWN).object == {
        "name": "",
        "list": [],
        "known": {"part": {}},
        "part": {},
    }


def test_messages_name_the_types_that_openapi_does_not() -> None:
    obj: dict[str, Any] = {"mode": 1, "list": [1], "limits": "x", "known": {"list": {}}}
    assert [error.rpartition(" ")[2] for error in decode(obj, KNOWN).errors] == [
        "v1.Mode",
        "v1.Word",
        "v1.Limits",
        "[]v1.Word",
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(), v, max_size=3),
    max_leaves=8,
)
things = st.dictionaries(st.sampled_from([*DEFINITIONS[THING]["properties"], "x"]), json_values)


@given(things)
def test_decoding_twice_is_decoding_once(thing: dict[str, Any]) -> None:
    once = decode(thing, SCHEMA)
    if once.errors:
        return
    before = str(once.object)
    again = decode(once.object, SCHEMA)
    assert (str(again.object), again.unknown, again.errors) == (before, [], [])
