"""``patch`` with an apply patch: a configuration, of which its manager owns every field.

Source: ``k8s.io/apiserver/pkg/endpoints/handlers/patch.go`` (applyPatcher).
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from onggi.api.errors import BadRequest, Conflict, NotFound
from onggi.api.fields.elements import Misshapen
from onggi.api.http import Answer
from onggi.api.kind import Kind
from onggi.api.managed import Write, on_apply
from onggi.api.objects import Object, View, clone
from onggi.apiserver import fields, respond, strategy
from onggi.apiserver.body import duplicate_fields, shaped
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.misfit import Misfit
from onggi.apiserver.options import WriteOptions, write_options
from onggi.apiserver.verbs.create import create_object
from onggi.apiserver.verbs.update import may_create, update_object

APPLY = "application/apply-patch+yaml"
YAML_PROBLEM = re.compile(
    r"((?:did not|found|could not|mapping values|block \w+ entries|unexpected)[^\"]*) "
    r"in \"<byte string>\", line (\d+)"
)
NOTHING: View = {}  # the object that is not there yet


async def apply(backend: Backend, call: Call) -> Answer:
    options = write_options(call.request, "PatchOptions", applies=True)
    config = document(call, options)

    def change(old: View) -> Object:
        write = fields.write_of(backend, call, options)
        obj = merged(backend, call, call.kind, (old, config), (write, options))
        strategy.match_namespace(obj, call.namespace)
        strategy.match_name(obj, call.target.name)
        return obj

    try:
        written = await update_object(backend, call, change, options)
    except NotFound:
        if call.target.subresource:
            raise
        return await _create(backend, call, change(NOTHING), options)
    return respond.one(backend, call, written)


async def _create(backend: Backend, call: Call, obj: Object, options: WriteOptions) -> Answer:
    may_create(backend, call)
    if uid := obj["metadata"].get("uid"):
        why = (
            f"uid mismatch: the provided object specified uid {uid}, "
            "and no existing object was found"
        )
        raise Conflict(call.kind.resource, call.target.name, why)
    made = await create_object(backend, call, obj, options)
    return respond.one(backend, call, made, 201)


def document(call: Call, options: WriteOptions) -> Object:
    """The configuration. Raises BadRequest."""
    body = call.request.body
    if not isinstance(body, bytes):
        return clone(body)
    try:
        found = msgspec.json.decode(body)  # JSON is YAML, and what programs send
        twice = bool(duplicate_fields(body, found))
    except (msgspec.DecodeError, UnicodeDecodeError):
        twice = True
    if twice:
        found = from_yaml(call, body, options)
    if not isinstance(found, Mapping):
        raise BadRequest(f"error decoding patch: {not_a_map(found)}")
    return dict(found)


def from_yaml(call: Call, body: bytes, options: WriteOptions) -> Any:
    from onggi.apiserver import yaml_body

    try:
        found, twice = yaml_body.parsed(body, call.kind.name)
    except BadRequest as error:
        raise BadRequest(f"error decoding patch: {go_yaml_error(error.message)}") from None
    if twice and options.validation != "Ignore":
        lines = "".join(f"\n  {text}" for text in twice)
        why = f"error converting YAML to JSON: yaml: unmarshal errors:{lines}"
        if options.validation == "Strict":
            raise BadRequest(f"error strict decoding patch: {why}")
        call.warnings.append(why)
    return found


def go_yaml_error(message: str) -> str:
    """What Go's decoder would say of what ours refuses."""
    place = YAML_PROBLEM.search(message)
    if place:
        why = f"line {int(place[2]) - 1}: {place[1]}"
    else:
        why = message.partition("yaml parse error: ")[2]
    return f"error converting YAML to JSON: yaml: {why}" if why else not_a_map([])


def not_a_map(value: Any) -> str:
    shown = {list: "array", str: "string", bool: "bool", type(None): "null"}
    kind = shown.get(type(value), "number")
    return (
        f"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {kind} "
        "into Go value of type map[string]interface {}"
    )


def merged(
    backend: Backend,
    call: Call,
    kind: Kind,
    change: tuple[View, View],
    how: tuple[Write, WriteOptions],
) -> Object:
    """What the configuration makes of an object, with its managers. Raises Conflict."""
    (old, config), (write, options) = change, how
    check_type(kind, config)
    try:
        obj = on_apply(old, config, write, options.force)
    except Misshapen as error:
        why = f"failed to create typed patch object ({shown(config)}): {error}"
        raise BadRequest(why) from None
    return whole(backend, call, kind, obj, options)


def whole(backend: Backend, call: Call, kind: Kind, obj: Object, options: WriteOptions) -> Object:
    """``obj`` decoded and defaulted; its parts are shared until here."""
    managers = obj["metadata"].pop("managedFields")
    new = clone(obj)
    try:
        quiet = options._replace(validation="Ignore")
        new = shaped(backend, call, kind, new, (), quiet)
    except Misfit as misfit:
        why = f"failed to convert new object ({shown(obj)}) to proper version: {misfit.why}"
        raise BadRequest(why) from None
    if managers:
        new["metadata"]["managedFields"] = managers
    return new


def check_type(kind: Kind, config: View) -> None:
    if (config.get("apiVersion"), config.get("kind")) != (kind.api_version, kind.name):
        raise BadRequest(f"invalid object type: {gvk(config)}")


def gvk(obj: View) -> str:
    """``apps/v1, Kind=Deployment``, as Go prints it."""
    version = str(obj.get("apiVersion") or "")
    shown_version = version if "/" in version else f"/{version}"
    return f"{shown_version}, Kind={obj.get('kind') or ''}"


def shown(obj: View) -> str:
    meta = obj.get("metadata")
    meta = meta if isinstance(meta, Mapping) else {}
    return f"{meta.get('namespace', '')}/{meta.get('name', '')}; {gvk(obj)}"
