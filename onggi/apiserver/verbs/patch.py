"""``patch``: a change sent in place of an object; applied to the newest version there is.

Source: ``k8s.io/apiserver/pkg/endpoints/handlers/patch.go``.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from onggi.api.errors import BadRequest, UnsupportedMediaType
from onggi.api.http import Answer
from onggi.api.kind import Kind
from onggi.api.objects import Object, View
from onggi.api.patch import json, merge, strategic
from onggi.apiserver import respond, schemas, strategy
from onggi.apiserver.body import go_error, shaped
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.negotiate import media_type, unknown_media
from onggi.apiserver.options import write_options
from onggi.apiserver.verbs.update import update_object

JSON_PATCH = "application/json-patch+json"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = ("application/apply-patch+yaml", "application/apply-patch+cbor")

Apply = Callable[[View], Object]


async def patch(backend: Backend, call: Call) -> Answer:
    apply = applier(call, call.kind)
    options = write_options(call.request, "PatchOptions")

    def change(old: View) -> Object:
        obj = shaped(backend, call, call.kind, apply(old), (), options)
        strategy.match_namespace(obj, call.namespace)
        strategy.match_name(obj, call.target.name)
        return obj

    written = await update_object(backend, call, change, options)
    return respond.one(backend, call, written)


def applier(call: Call, kind: Kind) -> Apply:
    """What the request's patch does to an object. Raises UnsupportedMediaType, BadRequest."""
    media = media_type(call.request.headers.get("content-type", ""))
    if media == JSON_PATCH:
        operations = read(call)
        return lambda old: json.apply(old, operations)
    if media == MERGE:
        changes = as_object(read(call))
        return lambda old: merge.apply(old, changes)
    if media == STRATEGIC and isinstance(kind.schema, str):
        changes, schema = as_object(read(call)), schemas.of(kind)
        return lambda old: strategic.apply(old, changes, schema)
    if media in APPLY:
        raise UnsupportedMediaType(
            "server-side apply is not supported by this version of the server - accepted media "
            f"types include: {', '.join((JSON_PATCH, MERGE, STRATEGIC))}"
        )
    understood = [JSON_PATCH, MERGE]
    if isinstance(kind.schema, str):
        understood.append(STRATEGIC)
    raise unknown_media(*understood)


def read(call: Call) -> Any:
    body = call.request.body
    if not isinstance(body, bytes):
        return body
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"error decoding patch: {go_error(error, body)}") from None


def as_object(value: Any) -> View:
    if not isinstance(value, Mapping):
        shown = "array" if isinstance(value, list) else "value"
        raise BadRequest(
            f"json: cannot unmarshal {shown} into Go value of type map[string]interface {{}}"
        )
    return value
