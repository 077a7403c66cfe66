"""``create``: a new object, admitted, completed, checked and stored."""

import asyncio

from onggi.api.errors import AlreadyExists, MethodNotAllowed, NoSuchPath, StatusError
from onggi.api.http import Answer, Response
from onggi.api.kind import Kind
from onggi.api.objects import Object
from onggi.api.warnings import warnings
from onggi.apiserver import conversion, fields, names, respond, strategy
from onggi.apiserver.admission import CREATE, NotYet, Review
from onggi.apiserver.allocation import allocated
from onggi.apiserver.body import decoded
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.options import WriteOptions, write_options
from onggi.store.store import Exists, Key, Record, encode

TRIES = 8  # to find a generated name that is free
PATIENCE = 1.0  # seconds that a pod waits for its namespace's service account


async def create(backend: Backend, call: Call) -> Answer:
    options = write_options(call.request, "CreateOptions")
    if call.target.name:
        raise MethodNotAllowed
    obj = decoded(backend, call, call.kind, options)
    if call.kind.virtual:
        return await _virtual(backend, call, obj)
    made = await create_object(backend, call, owned(backend, call, obj, options), options)
    return respond.one(backend, call, made, 201)


def owned(backend: Backend, call: Call, obj: Object, options: WriteOptions) -> Object:
    """``obj`` with its creator as the owner of all that is in it."""
    strategy.wipe(obj)
    fields.created(backend, call, obj, options)
    return obj


async def _virtual(backend: Backend, call: Call, obj: Object) -> Response:
    """A review: answered, never stored."""
    answer = backend.virtual.get(call.kind.resource)
    if answer is None:
        raise NoSuchPath
    return respond.whole(backend, call, answer(backend, call, obj), 201)


async def create_object(backend: Backend, call: Call, obj: Object, options: WriteOptions) -> Record:
    """Everything between the decoded body and the store. A generated name comes after the
    mutating plugins, which may give a name themselves."""
    strategy.wipe(obj)
    strategy.match_namespace(obj, call.namespace)
    review = Review(CREATE, call, obj, None, backend.clock(), options.dry_run)
    managers = obj["metadata"].get("managedFields")
    await admit(backend, review)
    fields.admitted(call, obj, managers)
    strategy.match_namespace(obj, call.namespace)
    meta = obj["metadata"]
    base = "" if meta.get("name") else meta.get("generateName", "")
    for attempt in range(TRIES):
        if base:
            meta["name"] = strategy.generated_name(base, names.suffix())
        try:
            return await _try(backend, review, obj, options)
        except AlreadyExists:
            if not base or attempt == TRIES - 1:
                raise
            strategy.wipe(obj)
    raise AssertionError("unreachable")


async def _try(backend: Backend, review: Review, obj: Object, options: WriteOptions) -> Record:
    call = review.call
    kind = call.kind
    strategy.prepare_create(kind, obj, names.uid(), review.now)
    backend.schemas.complete(kind, obj)
    with allocated(backend.allocators, review) as write:
        strategy.check_create(kind, obj)
        await backend.admission.validate(review)
        call.warnings += warnings(kind, obj)
        write.begun = True
        return await _store(backend, call, obj, options)


async def admit(backend: Backend, review: Review) -> None:
    """Let the plugins have their say; wait a little for what one of them misses."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        try:
            return await backend.admission.admit(review)
        except NotYet as missing:
            store = backend.store
            place = store.watch(missing.kind.resource, missing.namespace, since=store.revision)
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0 or not await place.next(left):
                raise missing.refusal from None


async def _store(backend: Backend, call: Call, obj: Object, options: WriteOptions) -> Record:
    kind, name = call.kind, obj["metadata"]["name"]
    key = Key(call.resource, call.namespace, name)
    kept = await conversion.kept(kind, obj) if kind.stored else obj
    if kind.custom and not takes_more(backend, kind):
        raise NoSuchPath
    present = backend.store.get(key)
    if present is not None:
        raise exists(call, name, present)
    if options.dry_run:
        return unwritten(key, kept)
    try:
        return await backend.store.create(key, kept)
    except Exists:
        raise exists(call, name, backend.store.get(key)) from None


def takes_more(backend: Backend, kind: Kind) -> bool:
    """A definition may have gone while admission took its time: nothing must outlive it."""
    found = backend.registry.find(kind.group, kind.version, kind.plural)
    return found is not None and "create" in found.verbs


def unwritten(key: Key, obj: Object) -> Record:
    """What a dry run would have stored: it has no version of its own."""
    return Record(key, 0, encode(obj))


def exists(call: Call, name: str, present: Record | None) -> StatusError:
    error = AlreadyExists(call.kind.resource, name)
    if present and "deletionTimestamp" in present.object["metadata"]:
        error.message = f"object is being deleted: {error.message}"
    return error
