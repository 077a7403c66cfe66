"""The ``scale`` subresource: the three figures of anything that has replicas."""

from onggi.api.fields.scale import to_object, to_scale
from onggi.api.http import Answer, Response
from onggi.api.managed import bare, on_update
from onggi.api.objects import Object, View, clone
from onggi.apiserver import fields, respond, strategy
from onggi.apiserver.body import decoded
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.conversion import Unconverted
from onggi.apiserver.negotiate import media_type
from onggi.apiserver.options import write_options
from onggi.apiserver.scales import SCALE, check_wanted, into, of
from onggi.apiserver.verbs.apply import APPLY, document, merged
from onggi.apiserver.verbs.get import found
from onggi.apiserver.verbs.patch import patch_of, patched
from onggi.apiserver.verbs.update import Change, update_object
from onggi.store.store import Record, decode, encode


async def get_scale(backend: Backend, call: Call) -> Answer:
    record = found(backend, call)
    if call.kind.custom:
        check_wanted(call.kind, respond.view(call.kind, record))
    return answered(backend, call, record)


async def update_scale(backend: Backend, call: Call) -> Answer:
    options = write_options(call.request, "UpdateOptions")
    scale = decoded(backend, call, SCALE, options)
    strategy.match_namespace(scale, call.namespace)
    strategy.match_name(scale, call.target.name)
    sent = encode(scale)

    def change(before: View) -> Object:
        new: Object = decode(sent)
        on_update(before, new, fields.write_of(backend, call, options, SCALE))
        return new

    written = await update_object(backend, call, scaled(backend, call, change), options)
    return answered(backend, call, written)


async def patch_scale(backend: Backend, call: Call) -> Answer:
    if media_type(call.request.headers.get("content-type", "")) == APPLY:
        return await apply_scale(backend, call)
    options = write_options(call.request, "PatchOptions")
    found = patch_of(call, SCALE)

    def change(before: View) -> Object:
        new = patched(backend, call, SCALE, (found, bare(before)), options)
        on_update(before, new, fields.write_of(backend, call, options, SCALE))
        return new

    written = await update_object(backend, call, scaled(backend, call, change), options)
    return answered(backend, call, written)


async def apply_scale(backend: Backend, call: Call) -> Answer:
    options = write_options(call.request, "PatchOptions", applies=True)
    config = document(call, options)

    def change(before: View) -> Object:
        write = fields.write_of(backend, call, options, SCALE)
        return merged(backend, call, SCALE, (before, config), (write, options))

    written = await update_object(backend, call, scaled(backend, call, change), options)
    return answered(backend, call, written)


def answered(backend: Backend, call: Call, record: Record) -> Response:
    try:
        found = of(call.kind, respond.view(call.kind, record))
    except Unconverted as missing:
        missing.resume = lambda: answered(backend, call, record)
        raise
    return Response(body=found, headers=respond.warned(call))


def scaled(backend: Backend, call: Call, change: Change) -> Change:
    """A change of the object's Scale as a change of the object, their managers too."""
    kind, where = call.kind, fields.replicas(backend, call.kind)

    def whole(old: View) -> Object:
        live = old["metadata"].get("managedFields") or []
        before = of(kind, old)
        before["metadata"]["managedFields"] = to_scale(live, where)
        scale, obj = change(before), clone(bare(old))
        into(kind, obj, scale)
        after = scale["metadata"].get("managedFields") or []
        if found := to_object(live, after, where, kind.api_version):
            obj["metadata"]["managedFields"] = found
        return obj

    return whole
