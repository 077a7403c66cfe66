"""The ``scale`` subresource: the three figures of anything that has replicas."""

from collections.abc import Callable

from onggi.api.http import Answer, Response
from onggi.api.objects import Object, View, clone
from onggi.apiserver import respond, strategy
from onggi.apiserver.body import decoded
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.options import write_options
from onggi.apiserver.scales import SCALE, into, of
from onggi.apiserver.verbs.get import found
from onggi.apiserver.verbs.patch import patch_of, patched
from onggi.apiserver.verbs.update import update_object
from onggi.store.store import Record, decode, encode


async def get_scale(backend: Backend, call: Call) -> Answer:
    return answered(backend, call, found(backend, call))


async def update_scale(backend: Backend, call: Call) -> Answer:
    options = write_options(call.request, "UpdateOptions")
    scale = decoded(backend, call, SCALE, options)
    strategy.match_namespace(scale, call.namespace)
    strategy.match_name(scale, call.target.name)
    sent = encode(scale)
    written = await update_object(backend, call, scaled(call, lambda old: decode(sent)), options)
    return answered(backend, call, written)


async def patch_scale(backend: Backend, call: Call) -> Answer:
    options = write_options(call.request, "PatchOptions")
    found = patch_of(call, SCALE)

    def change(old: View) -> Object:
        return patched(backend, call, SCALE, (found, of(call.kind, old)), options)

    written = await update_object(backend, call, scaled(call, change), options)
    return answered(backend, call, written)


def answered(backend: Backend, call: Call, record: Record) -> Response:
    return Response(body=of(call.kind, record.object), headers=respond.warned(call))


def scaled(call: Call, change: Callable[[View], Object]) -> Callable[[View], Object]:
    """A change of the object's Scale as a change of the object."""

    def whole(old: View) -> Object:
        scale, obj = change(old), clone(old)
        into(call.kind, obj, scale)
        return obj

    return whole
