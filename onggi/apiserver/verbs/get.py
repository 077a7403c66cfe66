"""``get``: one object, as it is stored."""

from onggi.api.errors import NotFound
from onggi.api.http import Response
from onggi.apiserver import respond
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.options import revision
from onggi.apiserver.verbs.list import wait_for
from onggi.store.store import Record


async def get(backend: Backend, call: Call) -> Response:
    if call.request.query and (version := call.request.argument("resourceVersion")):
        wait_for(backend, revision(version))
    return respond.one(backend, call, found(backend, call))


def found(backend: Backend, call: Call) -> Record:
    """The object that the call names; raises NotFound."""
    record = backend.store.get(call.key)
    if record is None:
        raise NotFound(call.kind.resource, call.target.name)
    return record
