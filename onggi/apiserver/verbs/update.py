"""``update`` and what shares its path: the status and other subresources that write an
object, and patches. Read, change, check, write; again where somebody else was faster.

A change that changes nothing writes nothing and keeps the resourceVersion.
"""

from collections.abc import Callable
from typing import NamedTuple

from onggi.api.errors import NotFound
from onggi.api.http import Answer
from onggi.api.kind import Kind
from onggi.api.managed import settled
from onggi.api.objects import Object, View
from onggi.api.warnings import warnings
from onggi.apiserver import conversion, fields, respond, scales, strategy
from onggi.apiserver.admission import UPDATE, Review
from onggi.apiserver.allocation import allocated
from onggi.apiserver.authz.attributes import refusal
from onggi.apiserver.body import decoded
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.options import WriteOptions, write_options
from onggi.apiserver.verbs.create import create_object, owned
from onggi.apiserver.verbs.delete import end
from onggi.store.store import Missing, Record, Stale, decode, encode, record

Change = Callable[[View], Object]  # the object as it is → a new one, free to be written to


class Face(NamedTuple):
    """What admission sees in place of the object, and how that changes the object."""

    kind: Kind
    of: Callable[[Kind, View], Object]
    into: Callable[[Kind, Object, View], None]


class Scope(NamedTuple):
    """What one way of writing an object may change, and how the result is checked."""

    prepare: Callable[[Kind, Object, View], None]
    check: Callable[[Kind, View, View], None]
    whole: bool = False  # the main resource: addresses are allocated, the update may create
    face: Face | None = None


MAIN = Scope(strategy.prepare_update, strategy.check_update, whole=True)
SCALE = Scope(
    strategy.prepare_update,
    strategy.check_update,
    face=Face(scales.SCALE, scales.of, scales.into),
)
STATUS = Scope(strategy.prepare_status, strategy.check_status)


def scope(call: Call) -> Scope:
    """What the call's path lets it change."""
    name = call.target.subresource
    if not name:
        return MAIN
    if name == "status":
        return STATUS
    if name == "scale":
        return SCALE
    sub = next(sub for sub in call.kind.subresources if sub.name == name)
    return Scope(
        lambda kind, obj, old: strategy.prepare_subresource(sub, obj, old),
        lambda kind, obj, old: strategy.check_subresource(kind, sub, obj, old),
    )


async def update(backend: Backend, call: Call) -> Answer:
    options = write_options(call.request, "UpdateOptions")
    obj = decoded(backend, call, call.kind, options)
    strategy.match_namespace(obj, call.namespace)
    strategy.match_name(obj, call.target.name)
    sent = encode(obj)  # each try starts from what was sent

    def change(old: View) -> Object:
        new: Object = decode(sent)
        fields.changed(backend, call, (old, new), options)
        return new

    try:
        written = await update_object(backend, call, change, options)
    except NotFound:
        if not creates(call):
            raise
        return await _create(backend, call, obj, options)
    return respond.one(backend, call, written)


def creates(call: Call) -> bool:
    return not call.target.subresource and call.kind.resource in strategy.CREATED_BY_UPDATE


async def _create(backend: Backend, call: Call, obj: Object, options: WriteOptions) -> Answer:
    """An update of what is not there, for the few kinds where that is a creation."""
    may_create(backend, call)
    if uid := obj["metadata"].get("uid"):
        strategy.check_uid(call.kind, obj, {"metadata": {"uid": "", "name": uid}}, "")
    made = await create_object(backend, call, owned(backend, call, obj, options), options)
    return respond.one(backend, call, made, 201)


def may_create(backend: Backend, call: Call) -> None:
    """Who updates into being has to be allowed to create. Raises Forbidden."""
    asked = call.attributes(verb="create")
    decision = backend.authorizer.authorize(asked)
    if not decision.allowed:
        raise refusal(asked, decision.reason)


async def update_object(
    backend: Backend, call: Call, change: Change, options: WriteOptions
) -> Record:
    """Write what ``change`` makes of the object; raises NotFound, Conflict, Invalid…"""
    while True:
        present = backend.store.get(call.key)
        if present is None:
            raise NotFound(call.kind.resource, call.target.name)
        try:
            return await _try(backend, call, present, change, options)
        except (Stale, Missing):
            continue


async def _try(
    backend: Backend, call: Call, present: Record, change: Change, options: WriteOptions
) -> Record:
    old = respond.view(call.kind, present)
    obj = change(old)
    path = f"/registry/{call.kind.plural}/{'/'.join(filter(None, present.key[1:]))}"
    strategy.check_uid(call.kind, obj, old, path)
    strategy.check_version(call.kind, obj, present.revision)
    review, how = Review(UPDATE, call, obj, old, backend.clock(), options.dry_run), scope(call)
    await _admit(backend, review, how.face)
    how.prepare(call.kind, obj, old)
    if call.kind.timed:
        call.kind.timed(obj, old, review.now)
    if how.face:
        review.obj = how.face.of(call.kind, obj)
    allocators = backend.allocators if how.whole else {}
    with allocated(allocators, review) as write:
        how.check(call.kind, obj, old)
        await backend.admission.validate(review)
        if how.whole:
            call.warnings += warnings(call.kind, obj, old)
        settled(obj, old)
        write.begun = True
        return await _write(backend, call, obj, present, options)


async def _admit(backend: Backend, review: Review, face: Face | None) -> None:
    """The object of the review, or what stands for it, is changed in place."""
    call, obj, old = review.call, review.obj, review.old
    assert obj is not None
    assert old is not None
    if face is None:
        managers = obj["metadata"].get("managedFields")
        await backend.admission.admit(review)
        fields.admitted(call, obj, managers)
        return strategy.match_namespace(obj, call.namespace)
    review.obj, review.old = face.of(call.kind, obj), face.of(call.kind, old)
    review.about = face.kind
    await backend.admission.admit(review)
    return face.into(call.kind, obj, review.obj)


async def _write(
    backend: Backend, call: Call, obj: Object, present: Record, options: WriteOptions
) -> Record:
    kind, key, revision = call.kind, present.key, present.revision
    kept = await conversion.kept(kind, obj) if kind.stored else obj
    gone = strategy.should_delete(obj, present.object) and not held(kind, obj)
    if options.dry_run:
        return record(key, revision, kept)
    if gone:
        await end(backend, call, present)
        return record(key, revision, kept)
    if kept == present.object:
        return present
    return await backend.store.update(key, kept, revision=revision)


def held(kind: Kind, obj: View) -> bool:
    """A namespace also waits for the finalizers of its spec."""
    return kind.resource == "namespaces" and bool((obj.get("spec") or {}).get("finalizers"))
