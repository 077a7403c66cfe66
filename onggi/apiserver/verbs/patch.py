"""``patch``: a change sent in place of an object; applied to the newest version there is.

Source: ``k8s.io/apiserver/pkg/endpoints/handlers/patch.go``.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from onggi.api.errors import BadRequest, Invalid
from onggi.api.field_error import invalid
from onggi.api.gotext import json_text, verb_v
from onggi.api.http import Answer
from onggi.api.kind import Kind
from onggi.api.managed import bare
from onggi.api.objects import Object, View
from onggi.api.patch import json, merge, strategic
from onggi.apiserver import depth, fields, respond, schemas, strategy
from onggi.apiserver.body import duplicate_fields, go_error, shaped
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.misfit import Misfit
from onggi.apiserver.negotiate import media_type, unknown_media
from onggi.apiserver.options import WriteOptions, write_options
from onggi.apiserver.verbs.apply import APPLY, apply
from onggi.apiserver.verbs.update import update_object

JSON_PATCH = "application/json-patch+json"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
OPERATION = ("op", "path", "from", "value")  # the fields of a step of a JSON patch


class Patch(NamedTuple):
    """``strict`` is what a strict decoder says of the document itself; ``shown`` is how a
    refusal quotes it, given what it made of the object. One that does not touch
    ``managedFields`` need not see them."""

    apply: Callable[[View], Object]
    strict: Sequence[str]
    shown: Callable[[View], str] = json_text
    touches_managers: bool = True


async def patch(backend: Backend, call: Call) -> Answer:
    if media_type(call.request.headers.get("content-type", "")) == APPLY:
        return await apply(backend, call)
    found = patch_of(call, call.kind)
    options = write_options(call.request, "PatchOptions")

    def change(old: View) -> Object:
        shown = old if found.touches_managers else bare(old)
        obj = patched(backend, call, call.kind, (found, shown), options)
        fields.changed(backend, call, (old, obj), options)
        strategy.match_namespace(obj, call.namespace)
        strategy.match_name(obj, call.target.name)
        return obj

    written = await update_object(backend, call, change, options)
    return respond.one(backend, call, written)


def patched(
    backend: Backend, call: Call, kind: Kind, change: tuple[Patch, View], options: WriteOptions
) -> Object:
    """What a patch makes of an object, in the shape of its kind. Raises Invalid."""
    found, old = change
    try:
        return shaped(backend, call, kind, found.apply(old), found.strict, options)
    except Misfit as misfit:
        shown = found.shown(found.apply(old))
        raise Invalid("", "", [invalid("patch", shown, misfit.why)]) from None


def patch_of(call: Call, kind: Kind) -> Patch:
    """What the request's patch does to an object. Raises UnsupportedMediaType, BadRequest."""
    media = media_type(call.request.headers.get("content-type", ""))
    touches = touches_managers(call.request.body)
    if media == JSON_PATCH:
        operations = read(call)
        steps = in_steps(call, operations)
        return Patch(lambda old: in_bounds(old, operations), steps, json_text, touches)
    if media == MERGE:
        changes = as_object(read(call))
        strict = twice(call, changes)
        return Patch(lambda old: merge.apply(old, changes), strict, json_text, touches)
    if media == STRATEGIC and isinstance(kind.schema, str):
        changes, schema = as_object(read(call)), schemas.of(kind)
        shown = verb_v(changes)
        return Patch(
            lambda old: strategic.apply(old, changes, schema),
            twice(call, changes),
            lambda made: shown,
            touches,
        )
    understood = [JSON_PATCH, MERGE]
    if isinstance(kind.schema, str):
        understood.append(STRATEGIC)
    raise unknown_media(*understood, APPLY)


def in_bounds(old: View, operations: Any) -> Object:
    """Only steps can nest an object deeper than it was, and deeper than the patch is."""
    made = json.apply(old, operations)
    depth.check(made)
    return made


def touches_managers(body: Any) -> bool:
    """Whether a patch may say something of ``managedFields``."""
    if isinstance(body, bytes):
        return b"managedFields" in body
    return not isinstance(body, Mapping) or "managedFields" in (body.get("metadata") or ())


def read(call: Call) -> Any:
    body = call.request.body
    if not isinstance(body, bytes):
        return body
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"error decoding patch: {go_error(error, body)}") from None
    if depth.may_exceed(body):
        depth.check(found)
    return found


def twice(call: Call, document: Any) -> Sequence[str]:
    """Fields that stand twice in a patch."""
    body = call.request.body
    return duplicate_fields(body, document) if isinstance(body, bytes) else ()


def in_steps(call: Call, operations: Any) -> Sequence[str]:
    """What a JSON patch has twice, or has and nobody knows."""
    steps = operations if isinstance(operations, list) else ()
    unknown = [
        f'unknown field "[{index}].{name}"'
        for index, step in enumerate(steps)
        if isinstance(step, Mapping)
        for name in step
        if name not in OPERATION
    ]
    return [f"json patch {text}" for text in (*unknown, *twice(call, operations))]


def as_object(value: Any) -> View:
    if not isinstance(value, Mapping):
        shown = "array" if isinstance(value, list) else "value"
        raise BadRequest(
            f"json: cannot unmarshal {shown} into Go value of type map[string]interface {{}}"
        )
    return value
