"""What both stages share: which webhooks a write concerns, and one call to one of them.

A webhook that cannot be asked counts as a refusal or, with ``failurePolicy: Ignore``, as if it
were not there. Source: ``k8s.io/apiserver/pkg/admission/plugin/webhook/generic/webhook.go`` and
the two dispatchers.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from onggi.api.errors import BadRequest, InternalError, StatusError, Timeout
from onggi.api.gotext import quote
from onggi.api.kind import Kind
from onggi.api.objects import Object, View
from onggi.apiserver import names
from onggi.apiserver.admission import Lookup, Review, forbidden
from onggi.apiserver.authz.attributes import Authorizer
from onggi.apiserver.call import Schemas
from onggi.apiserver.conversion import Unconverted
from onggi.apiserver.matching import Question, equivalents, exempt
from onggi.apiserver.registry import Registry
from onggi.apiserver.webhooks.client import CallFailed, Client
from onggi.apiserver.webhooks.counts import CALLING, NONE, SERVER, Counts
from onggi.apiserver.webhooks.hook import Hook
from onggi.apiserver.webhooks.review import (
    BadAnswer,
    Verdict,
    denial,
    envelope,
    request,
    verdict,
)
from onggi.kinds.admissionregistration.webhooks import QUIET
from onggi.store.store import encode

PATIENCE = 34.0  # seconds for all webhooks of one write: upstream's limit for a request
ADMIT, VALIDATING = "admit", "validating"
LATE = "request did not complete within requested timeout"


@dataclass
class Panel:
    """What a stage asks with. ``same`` has the kinds that are kept in one place."""

    lookup: Lookup
    registry: Registry
    schemas: Schemas
    authorizer: Authorizer
    client: Client
    counts: Counts = field(default_factory=Counts)
    _generation: int = -1
    _same: Mapping[str, Sequence[Kind]] = field(default_factory=dict)

    def same(self, kind: Kind) -> Sequence[Kind]:
        if self._generation != self.registry.generation:
            self._generation = self.registry.generation
            self._same = equivalents(self.registry.kinds)
        return self._same.get(kind.stored_resource, ())

    async def concerned(
        self, review: Review, hooks: Sequence[Hook]
    ) -> "AsyncIterator[tuple[int, Call]]":
        """Those to be called, with their place among all. What it looks at is looked at when the
        iterator gets there, after the changes of the webhooks before."""
        question = Question(review, self.lookup, self.same(review.call.kind))
        for index, hook in enumerate(hooks):
            kind = question.kind(hook.criteria)
            if kind is None:
                continue
            call = Call(self, hook, review, kind)
            if not hook.conditions or await call.is_meant():
                yield index, call


def due(hooks: Sequence[Hook], review: Review) -> bool:
    return bool(hooks) and not exempt(review)


@dataclass(slots=True)
class Call:
    """One webhook that is to be asked about one write, as ``kind``."""

    panel: Panel
    hook: Hook
    review: Review
    kind: Kind

    async def is_meant(self) -> bool:
        """Whether the conditions hold; where that cannot be said, the failure policy counts:
        it refuses, or the webhook is not asked."""
        from onggi.apiserver.policy.inputs import values  # CEL: rarely needed
        from onggi.apiserver.webhooks.conditions import Unclear, match

        await self.objects()  # from now on in the form that was asked for
        known = values(self.review, self.kind, self.panel.authorizer)
        try:
            return match(self.hook.conditions, known)
        except Unclear as why:
            if self.hook.ignores:
                return False
            raise forbidden(self.review, str(why)) from None

    async def objects(self) -> tuple[View | None, View | None]:
        return await self.seen(self.review.obj), await self.seen(self.review.old)

    async def make(self, type_: str, fail_open: str) -> Verdict | None:
        """None where the webhook failed and may; ``fail_open`` is the audit annotation that
        says so. Raises a StatusError for a refusal."""
        hook, loop = self.hook, asyncio.get_running_loop()
        labels = (("name", hook.name), ("type", type_), ("operation", self.review.operation))
        counts, started = self.panel.counts, loop.time()
        try:
            found = await self._ask(type_ == ADMIT)
        except CallFailed as failed:
            counts.called(labels, loop.time() - started, failed.code, not hook.ignores)
            if not hook.ignores:
                counts.rejected(labels, CALLING, failed.code)
                raise failure(hook, failed.why) from None
            counts.failed_open(labels)
            self.review.call.annotations[fail_open] = hook.name
            return None
        except StatusError:
            counts.called(labels, loop.time() - started, 0, True)
            counts.rejected(labels, SERVER, 0)
            raise
        refused = None if found.allowed else denial(hook.name, found.status)
        code = refused.status_code if refused else 200
        counts.called(labels, loop.time() - started, code, refused is not None)
        if refused:
            counts.rejected(labels, NONE, code)
            raise refused
        return found

    async def _ask(self, mutating: bool) -> Verdict:
        """Raises CallFailed, and StatusError where it may not be asked at all."""
        hook, review = self.hook, self.review
        if review.dry_run and hook.effects not in QUIET:
            raise BadRequest(f"admission webhook {quote(hook.name)} does not support dry run")
        if not hook.version:
            why = "webhook does not accept known AdmissionReview versions (v1, v1beta1)"
            raise CallFailed(f"could not create admission objects: {why}", 400)
        uid, seconds = names.uid(), min(hook.timeout, left(review))
        sent = request(review, self.kind, await self.objects())
        body = encode(envelope(hook.version, uid, sent))
        try:
            text = await self.panel.client.post(
                hook.where, body, seconds, f"timeout={math.ceil(seconds)}s"
            )
        except CallFailed as failed:
            raise CallFailed(f"failed to call webhook: {failed.why}", failed.code) from None
        try:
            found = verdict(text, hook.version, uid, mutating)
        except BadAnswer as bad:
            raise CallFailed(f"received invalid webhook response: {bad}") from None
        review.call.warnings += found.warnings
        for key, value in (found.annotations or {}).items():
            review.call.annotations[f"{hook.name}/{key}"] = str(value)
        return found

    async def seen(self, obj: View | None) -> View | None:
        """An object of the request in the form that the webhook asked for."""
        return obj and await converted(obj, self.review.kind, self.kind)


async def converted(obj: View, kind: Kind, other: Kind) -> View:
    """``between``, where a conversion webhook may have to be asked."""
    while True:
        try:
            return between(obj, kind, other)
        except Unconverted as missing:
            await missing.convert()


def between(obj: View, kind: Kind, other: Kind) -> View:
    """An object in another version or group of the same thing; what is below an object, as a
    Scale, is the same everywhere. Raises Unconverted."""
    if kind is other or kind.stored_resource != other.stored_resource:
        return obj
    kept = kind.stored.to(obj) if kind.stored else obj
    return other.stored.back(kept) if other.stored else kept


def left(review: Review) -> float:
    """Seconds for what is still to be asked. Raises Timeout."""
    now = asyncio.get_running_loop().time()
    deadline: float = review.kept.setdefault("deadline", now + PATIENCE)
    if deadline <= now:
        raise Timeout(LATE)
    return deadline - now


def failure(hook: Hook, why: str) -> InternalError:
    text = f"failed calling webhook {quote(hook.name)}: {why}"
    error = InternalError(text)
    error.details = {"causes": [{"message": text}]}
    return error


def replace(obj: Object, new: View) -> None:
    """``obj`` becomes ``new``, in place: others hold it."""
    obj.clear()
    obj.update(new)
