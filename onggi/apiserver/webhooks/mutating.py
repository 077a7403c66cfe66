"""MutatingAdmissionWebhook: one webhook after the other, each sees what those before made.

With ``reinvocationPolicy: IfNeeded`` a webhook is asked a second time if the object was changed
after it was asked. Source: ``k8s.io/apiserver/pkg/admission/plugin/webhook/mutating``
(dispatcher.go, reinvocationcontext.go).
"""

from dataclasses import dataclass, field
from typing import Any

from onggi.api.errors import InternalError, StatusError
from onggi.api.gotext import json_text, quote
from onggi.api.objects import Object, View, clone
from onggi.api.patch import json
from onggi.apiserver.admission import Review
from onggi.apiserver.misfit import Misfit
from onggi.apiserver.webhooks.hook import Hooks
from onggi.apiserver.webhooks.panel import ADMIT, Call, Panel, converted, due, left, replace
from onggi.store.store import Store

RESOURCE = "mutatingwebhookconfigurations.admissionregistration.k8s.io"
MUTATION = "mutation.webhook.admission.k8s.io/"
PATCH = "patch.webhook.admission.k8s.io/"  # audit logs it from level Request on
MEMORY = "webhooks"
UNSOUND = (
    ".metadata.managedFields was in an invalid state after admission; this could be caused by an "
    "outdated mutating admission controller; please fix your requests: "
)


@dataclass
class Memory:
    """Of the first round: what it left, whom it asked, and who is to be asked again."""

    output: View | None = None
    asked: set[str] = field(default_factory=set)
    repeat: set[str] = field(default_factory=set)

    def changed(self) -> None:
        """Something changed after these were asked."""
        self.repeat |= self.asked
        self.asked = set()


class MutatingWebhooks:
    """``onggi.apiserver.admission.Stage``."""

    def __init__(self, store: Store, panel: Panel) -> None:
        self._hooks, self._panel = Hooks(store, RESOURCE), panel

    def due(self, review: Review) -> bool:
        return due(self._hooks(), review)

    async def run(self, review: Review) -> None:
        memory: Memory = review.kept.setdefault(MEMORY, Memory())
        owners = managers(review)
        if review.second and memory.output != review.obj:
            memory.changed()
        async for index, call in self._panel.concerned(review, self._hooks()):
            if review.second and call.hook.uid not in memory.repeat:
                continue
            if await self._one(call, index):
                memory.changed()
                review.again = True
            if call.hook.again:
                memory.asked.add(call.hook.uid)
            left(review)
        if managers(review) != owners:
            keep_sound(review, owners)
        memory.output = clone(review.obj) if review.obj is not None else None

    async def _one(self, call: Call, index: int) -> bool:
        """Whether the webhook changed the object."""
        where = f"round_{int(call.review.second)}_index_{index}"
        named = {"configuration": call.hook.configuration, "webhook": call.hook.name}
        notes, changed = call.review.call.annotations, False
        try:
            verdict = await call.make(ADMIT, f"failed-open.{MUTATION}{where}")
            if verdict and verdict.patch:
                changed = await self._patched(call, verdict.patch)
                patch = {**named, "patch": verdict.patch, "patchType": "JSONPatch"}
                notes[PATCH + where] = json_text(patch)
        finally:
            notes[MUTATION + where] = json_text({**named, "mutated": changed})
        return changed

    async def _patched(self, call: Call, patch: Any) -> bool:
        review, kind = call.review, call.kind
        if review.obj is None:
            text = f"admission webhook {quote(call.hook.name)} attempted to modify the object"
            raise InternalError(f"{text}, which is not supported for this operation")
        shown = await call.seen(review.obj) or {}
        new = self._shaped(call, applied(shown, patch))
        if new == shown:
            return False
        (review.about or kind).default(new)
        replace(review.obj, clone(await converted(new, kind, review.kind)))
        return True

    def _shaped(self, call: Call, new: Object) -> Object:
        """In the shape of its kind, as a decoder leaves it."""
        kind = call.review.about or call.kind
        new["kind"], new["apiVersion"] = kind.name, kind.api_version
        if not kind.schema:  # of CONNECT
            return new
        try:
            self._panel.schemas.decode(kind, new)
        except Misfit as misfit:
            raise InternalError(misfit.why) from None
        if not isinstance(new.get("metadata"), dict):
            new["metadata"] = {}
        return new


def managers(review: Review) -> Any:
    """Who owns which fields, as the object says."""
    return ((review.obj or {}).get("metadata") or {}).get("managedFields")


def keep_sound(review: Review, owners: Any) -> None:
    """Webhooks may change that too, but not make nonsense of it."""
    from onggi.api.fields.entries import read

    try:
        read(managers(review) or (), ours=False)
    except (ValueError, KeyError, TypeError) as error:
        assert review.obj is not None
        review.obj["metadata"]["managedFields"] = owners
        review.call.warnings.append(UNSOUND + str(error))


def applied(obj: View, patch: Any) -> Object:
    try:
        new = json.apply(obj, patch)
    except StatusError as error:
        raise InternalError(getattr(error, "why", error.message)) from None
    if not isinstance(new, dict):
        raise InternalError("json: cannot unmarshal the patched document into an object")
    return new
