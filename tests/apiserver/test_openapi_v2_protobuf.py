"""kubectl itself reads it in tests/e2e; here are the forms, and that nothing is left out."""

import json

import pytest

from onggi.apiserver import schemas
from onggi.apiserver.openapi import OpenAPI
from onggi.apiserver.openapi_v2_protobuf import SCHEMA, encode, message
from onggi.kinds import BUILTIN


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({"type": "string"}, "b2 01 08 0a 06 string"),
        ({"$ref": "#/x"}, "0a 03 #/x"),
        ({"required": ["a", "b"]}, "9a 01 01 a 9a 01 01 b"),
        ({"items": {"format": "f"}}, "ba 01 05 0a 03 12 01 f"),
        ({"additionalProperties": {"format": "f"}}, "aa 01 05 0a 03 12 01 f"),
        ({"additionalProperties": True}, "aa 01 02 10 01"),
        ({"properties": {"p": {"format": "f"}}}, "ca 01 0a 0a 08 0a 01 p 12 03 12 01 f"),
        ({"x-k": ["a"]}, 'fa 01 0e 0a 03 x-k 12 07 12 05 ["a"]'),
        ({"uniqueItems": True}, "80 01 01"),
    ],
)
def test_parts_of_a_schema(schema, written):
    expected = b"".join(
        bytes.fromhex(word) if is_number(word) else word.encode() for word in written.split()
    )
    assert message(SCHEMA, schema) == expected


def is_number(word):
    return len(word) == 2 and all(c in "0123456789abcdef" for c in word)


def test_every_word_of_the_document_is_written():
    openapi = OpenAPI(lambda: BUILTIN, schemas.described)
    document, encoded = json.loads(openapi.v2()), openapi.v2_protobuf()
    for name, definition in document["definitions"].items():
        assert name.encode() in encoded
        assert definition.get("description", "").encode() in encoded
    for path in document["paths"]:
        assert path.encode() in encoded


def test_what_has_no_number_is_an_error_not_a_loss():
    with pytest.raises(KeyError):
        encode({"swagger": "2.0", "tags": []})
