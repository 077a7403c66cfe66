"""The object that a request carries: from bytes to a checked, defaulted dict."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from onggi.api.errors import BadRequest
from onggi.api.gotext import quote
from onggi.api.http import Request
from onggi.api.kind import Kind
from onggi.api.objects import Object, clone
from onggi.apiserver import depth, strategy
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.misfit import Misfit
from onggi.apiserver.negotiate import JSON, PROTOBUF, SPOKEN, YAML, media_type, unknown_media
from onggi.apiserver.options import WriteOptions

POSITION = re.compile(r"\(byte (\d+)\)")
BEGINNING = "looking for beginning of value", 0
OF_KEY = "looking for beginning of object key string"
GO_PLACES = {  # what msgspec says → what Go says; how far past the character msgspec points
    "object keys must be strings": (OF_KEY, 0),
    "trailing comma in object": (OF_KEY, 0),
    "expected ':'": ("after object key", 0),
    "expected ',' or '}'": ("after object key:value pair", 0),
    "expected ',' or ']'": ("after array element", 0),
    "trailing characters": ("after top-level value", 1),
    "escape character in string": ("in string escape code", 1),
    "in unicode escape": ("in \\u hexadecimal character escape", 1),
    "invalid number": ("in numeric literal", 0),
}
NOT_JSON = "couldn't get version/kind; json parse error"
GO_HEAD = (
    r'struct { APIVersion string "json:\"apiVersion,omitempty\""; '
    r'Kind string "json:\"kind,omitempty\"" }'
)
SHOWN = 30  # bytes of a body that nobody can read
LOOSE = (b'" ', b'"\n', b'"\r', b'"\t')
KEYS = re.compile(rb'(?<!\\)"\s*:')


def decoded(backend: Backend, call: Call, kind: Kind, options: WriteOptions) -> Object:
    """The request's object as ``kind``, in its shape and with its defaults."""
    request = call.request
    if not isinstance(request.body, bytes):
        return shaped(backend, call, kind, clone(request.body), (), options)
    media = media_type(request.headers.get("content-type", "")) or JSON
    obj, twice = parsed(request.body, media, kind.name, options.validation != "Ignore")
    return shaped(backend, call, kind, obj, twice, options)


def read(request: Request, kind: str) -> Object:
    """A body that is one of the API's own objects, such as DeleteOptions; empty without one."""
    if not isinstance(request.body, bytes):
        return clone(request.body)
    if not request.body.strip():
        return {}
    media = media_type(request.headers.get("content-type", "")) or JSON
    return parsed(request.body, media, kind, strict=False)[0]


def shaped(
    backend: Backend,
    call: Call,
    kind: Kind,
    obj: Object,
    twice: Sequence[str],
    options: WriteOptions,
) -> Object:
    """Check ``obj`` against its schema, and default it. ``twice`` is what is wrong with the text
    that it came from, such as duplicate fields. Raises BadRequest; Misfit for what no decoder
    of the kind would take."""
    identify(kind, obj)
    keep_reset(obj)
    strict = [*backend.schemas.decode(kind, obj), *twice]
    if strict and options.validation == "Strict":
        raise Misfit(kind, f"strict decoding error: {', '.join(strict)}")
    if options.validation == "Warn":
        call.warnings += strict
    if obj.get("metadata") is None:
        obj["metadata"] = {}
    call.warnings += strategy.unite_owners(obj)
    kind.default(obj)
    return obj


def keep_reset(obj: Object) -> None:
    """An empty list of managers says something: decoding would drop it."""
    meta = obj.get("metadata")
    if type(meta) is dict and meta.get("managedFields") == []:
        meta["managedFields"] = [{}]


def identify(kind: Kind, obj: Object) -> None:
    """``kind`` and ``apiVersion`` are those of the path; a body may leave them out."""
    name = obj.get("kind") or kind.name
    version = obj.get("apiVersion") or kind.api_version
    if version != kind.api_version:
        raise BadRequest(
            f"the API version in the data ({version}) does not match the expected API version "
            f"({kind.api_version})"
        )
    if name != kind.name:
        raise BadRequest(
            f'{name} in version "{kind.version}" cannot be handled as a {kind.name}: '
            f"converting ({kind.version}.{name}) to ({kind.group or 'core'}.{kind.name}): "
            "unknown conversion"
        )
    obj["kind"], obj["apiVersion"] = kind.name, kind.api_version


def parsed(body: bytes, media: str, kind: str, strict: bool) -> tuple[Object, Sequence[str]]:
    """The object, and its duplicate or unknown fields in the words of a strict decoding error."""
    if media == JSON:
        obj = json_object(body, kind)
        if depth.may_exceed(body):
            depth.check(obj)
        return obj, duplicate_fields(body, obj) if strict else ()
    if media == YAML:
        from onggi.apiserver import yaml_body

        found = yaml_body.parsed(body, kind)
        depth.check(found[0])
        return found
    if media == PROTOBUF:
        from onggi.apiserver.protobuf import answers, envelope

        if not body.startswith(answers.MAGIC):
            raise unrecognized(kind, envelope.NO_PREFIX, body)
        found = envelope.decode(body)
        depth.check(found[0])
        return found
    raise unknown_media(*SPOKEN)


def json_object(body: bytes, kind: str) -> Object:
    try:
        obj = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise unrecognized(kind, f"{NOT_JSON}: {go_error(error, body)}", body) from None
    except RecursionError:
        raise unrecognized(kind, f"{NOT_JSON}: exceeded max depth", body) from None
    if obj is None:
        return {}
    if not isinstance(obj, dict):
        text = {list: "array", str: "string", bool: "bool"}.get(type(obj), "number")
        why = f"json: cannot unmarshal {text} into Go value of type {GO_HEAD}"
        raise unrecognized(kind, f"{NOT_JSON}: {why}", body)
    return obj


def unrecognized(kind: str, why: str, body: bytes) -> BadRequest:
    """Source: ``transformDecodeError``, ``summarizeData`` of ``endpoints/handlers``."""
    start = body[:SHOWN]
    shown = start.decode(errors="replace") if body[:1] == b"{" else start.hex()
    more = " ..." if len(body) > SHOWN else ""
    return BadRequest(
        f"the object provided is unrecognized (must be of type {kind}): {why} "
        f"({shown or '<empty>'}{more})"
    )


def go_error(error: Exception, body: bytes) -> str:
    """What Go's decoder would say of the same text."""
    found = POSITION.search(str(error))
    if isinstance(error, UnicodeDecodeError) or found is None:
        if "truncated" in str(error) or not body.strip():
            return "unexpected end of JSON input"
        return str(error)
    places = (place for ours, place in GO_PLACES.items() if ours in str(error))
    where, past = next(places, BEGINNING)
    at = int(found[1]) - past
    if at >= len(body):
        return "unexpected end of JSON input"
    return f"invalid character {go_character(body, at)} {where}"


def go_character(body: bytes, at: int) -> str:
    """Go looks at bytes, and quotes each as the character of that number."""
    shown = {"'": r"\'", '"': '"'}.get(chr(body[at])) or quote(chr(body[at]))[1:-1]
    return f"'{shown}'"


def duplicate_fields(body: bytes, obj: Object) -> Sequence[str]:
    """Keys that stand twice in one JSON object; the decoder keeps the last.

    Counting is enough to know that there are none: only where more keys are written than
    were kept (or where a string looks like a key) is the text read again, slowly.
    """
    keys = count_keys(obj)
    if body.count(b'":') == keys and not any(mark in body for mark in LOOSE):
        return ()  # written without spaces before its colons, as programs write JSON
    if b'\\\\"' not in body and len(KEYS.findall(body)) == keys:
        return ()
    from onggi.apiserver.duplicates import find

    return [f'duplicate field "{path}"' for path in find(body)]


def count_keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(
            count_keys(item) for item in value.values() if isinstance(item, dict | list)
        )
    if isinstance(value, list):
        return sum(count_keys(item) for item in value if isinstance(item, dict | list))
    return 0
