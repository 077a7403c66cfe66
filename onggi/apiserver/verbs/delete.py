"""``delete`` and ``deletecollection``: see ``onggi.apiserver.deletion`` for what happens."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from onggi.api.errors import NotFound, StatusError
from onggi.api.http import Response
from onggi.api.objects import Object, View
from onggi.apiserver import respond
from onggi.apiserver.admission import DELETE, Review
from onggi.apiserver.body import read
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.deletion import (
    RETURNED,
    DeleteOptions,
    advise,
    decide,
    options_of,
    written,
)
from onggi.apiserver.options import list_options
from onggi.apiserver.verbs.list import select
from onggi.store.store import Missing, Record, Stale

WORKERS = 16  # deletions of one collection under way at a time


async def delete(backend: Backend, call: Call) -> Response:
    options = options_of(read(call.request, "DeleteOptions"), call.request)
    record, ended = await delete_object(backend, call, options)
    if ended and call.kind.resource not in RETURNED:
        return Response(body=success(call, record), headers=respond.warned(call))
    status = 202 if not ended and options.orphan is False else 200
    return respond.one(backend, call, record, status)


def success(call: Call, record: Record) -> Object:
    target = call.target
    details = {"name": target.name, "group": target.group, "kind": target.resource}
    details["uid"] = record.object["metadata"]["uid"]
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {key: value for key, value in details.items() if value},
    }


async def delete_object(
    backend: Backend, call: Call, options: DeleteOptions
) -> tuple[Record, bool]:
    """The object as it was last, and whether it is gone."""
    while True:
        present = backend.store.get(call.key)
        if present is None:
            raise NotFound(call.kind.resource, call.target.name)
        try:
            return await _try(backend, call, present, options)
        except (Stale, Missing):
            continue


async def _try(
    backend: Backend, call: Call, present: Record, options: DeleteOptions
) -> tuple[Record, bool]:
    old, now = present.object, backend.clock()
    outcome = decide(call.kind, old, options, now)
    call.warnings += advise(call.kind, old, options)
    seen = respond.view(call.kind, present)
    review = Review(DELETE, call, None, seen, now, options.dry_run, options=written(options))
    await backend.admission.admit(review)
    await backend.admission.validate(review)
    if options.dry_run:
        return present, outcome.end
    if outcome.mark is not None and outcome.mark != old:
        present = await backend.store.update(present.key, outcome.mark, revision=present.revision)
    if outcome.end:
        present = await end(backend, call, present)
    return present, outcome.end


async def end(backend: Backend, call: Call, present: Record) -> Record:
    """Take the object out of the store, and free what was allocated to it."""
    gone = await backend.store.delete(present.key, revision=present.revision)
    release(backend, call, gone.object)
    return gone


def release(backend: Backend, call: Call, gone: View) -> None:
    if allocator := backend.allocators.get(call.kind.resource):
        allocator.begin(None, gone, dry_run=False).commit()


async def delete_collection(backend: Backend, call: Call) -> Response:
    options = options_of(read(call.request, "DeleteOptions"), call.request)
    page = select(backend, call, list_options(call.request))
    await _delete_all(backend, call, page.records, options)
    items = [respond.view(call.kind, record) for record in page.records]
    return Response(
        body={
            "kind": call.kind.list_name,
            "apiVersion": call.kind.api_version,
            "metadata": {"resourceVersion": str(page.revision)},
            "items": items,
        },
        headers=respond.warned(call),
    )


async def _delete_all(
    backend: Backend, call: Call, records: Sequence[Record], options: DeleteOptions
) -> None:
    """Several at a time; the first refusal is raised once all workers have stopped."""
    waiting, refusals = iter(records), list[StatusError]()

    async def work() -> None:
        for record in waiting:
            if refusals:
                return
            target = call.target._replace(name=record.key.name)
            try:
                await delete_object(backend, replace(call, target=target), options)
            except NotFound:
                continue
            except StatusError as refusal:
                refusals.append(refusal)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(WORKERS, len(records))):
            group.create_task(work())
    if refusals:
        raise refusals[0]
