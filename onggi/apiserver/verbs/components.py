"""Reading ComponentStatuses: made up when they are asked for.

Scheduler, controllers and state are one process with this server: where it answers, they run,
and where one of them fails, the process ends. The names are upstream's, ``etcd-0`` is our store.
Source: ``pkg/registry/core/componentstatus/rest.go``.
"""

from collections.abc import Iterator

from onggi.api.errors import NotFound
from onggi.api.http import Response
from onggi.api.objects import Object
from onggi.apiserver import respond
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.options import list_options
from onggi.apiserver.selection import selection
from onggi.apiserver.verbs.list import Page, answer, matching
from onggi.store.store import Key, Record, encode

PARTS = ("controller-manager", "etcd-0", "scheduler")


async def get_component(backend: Backend, call: Call) -> Response:
    for record in records(backend, call):
        if record.key.name == call.target.name:
            return respond.one(backend, call, record)
    raise NotFound(call.kind.resource, call.target.name)


async def list_components(backend: Backend, call: Call) -> Response:
    chosen = selection(call, list_options(call.request))
    found = list(matching(list(records(backend, call)), chosen))
    return await answer(backend, call, Page(found, backend.store.revision))


def records(backend: Backend, call: Call) -> Iterator[Record]:
    for name in PARTS:
        broken = name == "etcd-0" and backend.store.closed
        yield Record(Key(call.resource, "", name), 0, encode(component(name, not broken)))


def component(name: str, is_well: bool) -> Object:
    condition: Object = {"type": "Healthy", "status": "True", "message": "ok"}
    if not is_well:
        condition = {"type": "Healthy", "status": "False", "error": "the store is closed"}
    return {
        "kind": "ComponentStatus",
        "apiVersion": "v1",
        "metadata": {"name": name},
        "conditions": [condition],
    }
