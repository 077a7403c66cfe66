"""Custom resources converted by a webhook: what is not converted yet is asked for, then shown.

Showing an object (``respond``) does not wait; asking a webhook does. So whoever shows an object
in a version that nobody has asked for yet is told ``Unconverted``, and this module asks and lets
them go on. What a webhook said is remembered for the request at hand and no longer: the next
one may find another webhook.
"""

from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar
from hashlib import blake2b

import msgspec

from onggi.api import conversion_review
from onggi.api.conversion_review import Asked, BadConversion
from onggi.api.custom_versions import renamed
from onggi.api.errors import StatusError
from onggi.api.http import Answer, Response
from onggi.api.kind import Kind
from onggi.api.objects import Object, View, clone
from onggi.apiserver import names
from onggi.apiserver.webhooks.client import CallFailed, Client
from onggi.apiserver.webhooks.where import of_client_config
from onggi.store.store import Record, encode

PATIENCE = 30.0  # seconds: upstream's for any request of the server's own
Known = dict[bytes, View]
KNOWN: ContextVar[Known] = ContextVar("what was converted for this request")


class Unconverted(Exception):
    """``objects`` have to become ``api_version`` first: ``await error.convert()``, then go on;
    with ``resume``, where there is one, for what was done must not be done again."""

    def __init__(self, conversions: "Conversions", webhook: View, objects: list[View], to: str):
        super().__init__(f"{len(objects)} objects are to be converted to {to}")
        self.conversions, self.webhook, self.objects, self.to = conversions, webhook, objects, to
        self.resume: Callable[[], Response] | None = None

    async def convert(self) -> None:
        await self.conversions.ask(self.webhook, self.objects, self.to)


class Conversions:
    """Hands ``convert`` to the kinds of definitions."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def close(self) -> None:
        await self._client.close()

    def of(self, crd: View) -> Callable[[Object, str], Object]:
        """How objects of a definition become another version; see ``onggi.api.crd.kinds_of``."""
        conversion = crd["spec"].get("conversion") or {}
        if conversion.get("strategy") != "Webhook":
            return renamed
        webhook = conversion.get("webhook") or {}

        def told(obj: Object, api_version: str) -> Object:
            found = KNOWN.get({}).get(place(obj, api_version))
            if found is None:
                raise Unconverted(self, webhook, [obj], api_version)
            return clone(found)

        return told

    async def ask(self, webhook: View, objects: list[View], api_version: str) -> None:
        """Raises StatusError where the webhook is not there or talks nonsense."""
        known = KNOWN.get({})
        KNOWN.set(known)
        by_version: dict[str, list[View]] = {}
        for obj in objects:
            by_version.setdefault(obj["apiVersion"], []).append(obj)
        for group in by_version.values():
            converted = await self._ask(webhook, group, api_version)
            for obj, found in zip(group, converted, strict=True):
                known[place(obj, api_version)] = found

    async def _ask(self, webhook: View, objects: list[View], api_version: str) -> list[Object]:
        try:
            review = conversion_review.review_version(webhook.get("conversionReviewVersions") or ())
            asked = Asked(objects, api_version, review, names.uid())
            return conversion_review.answers(await self._post(webhook, asked), asked)
        except BadConversion as error:
            raise StatusError(str(error), code=500, reason="") from None

    async def _post(self, webhook: View, asked: Asked) -> object:
        where = of_client_config(webhook.get("clientConfig") or {})
        body = encode(conversion_review.question(asked))
        try:
            said = await self._client.post(where, body, PATIENCE, "timeout=30s")
            return msgspec.json.decode(said)
        except CallFailed as error:
            failed = f"conversion webhook for {asked.shown} failed: {error.why}"
            raise BadConversion(failed) from None
        except msgspec.DecodeError as error:
            failed = f"conversion webhook for {asked.shown} failed: {error}"
            raise BadConversion(failed) from None


def place(obj: View, api_version: str) -> bytes:
    return blake2b(encode(obj) + api_version.encode(), digest_size=16).digest()


def needed(kind: Kind) -> bool:
    """Whether a kind's objects may have to be converted by a webhook."""
    return kind.custom is not None and kind.custom.family.is_webhook


async def prepare(kind: Kind, records: Iterable[Record]) -> None:
    """Ask for all of these at once, so that they can be shown."""
    if not needed(kind) or kind.stored is None:
        return
    missing: list[Unconverted] = []
    for record in records:
        try:
            kind.stored.back(record.object)
        except Unconverted as error:
            missing.append(error)
    if missing:
        first = missing[0]
        objects = [obj for error in missing for obj in error.objects]
        await first.conversions.ask(first.webhook, objects, first.to)


async def answered(
    kind: Kind, ahead: Iterable[Record], verb: Callable[[], Awaitable[Answer]]
) -> Answer:
    """What the verb answers, once all it wants to show has been converted."""
    KNOWN.set({})
    await prepare(kind, ahead)
    answer = await _answered(verb)
    if isinstance(answer, Response):
        KNOWN.set({})  # a stream will still want them
    return answer


async def _answered(verb: Callable[[], Awaitable[Answer]]) -> Answer:
    resume: Callable[[], Answer] | None = None
    while True:
        try:
            return resume() if resume else await verb()
        except Unconverted as error:
            missing = error
        resume = missing.resume
        await missing.convert()


async def kept(kind: Kind, obj: Object) -> Object:
    """The object as it is to be stored."""
    while kind.stored:
        try:
            return kind.stored.to(obj)
        except Unconverted as missing:
            await missing.convert()
    return obj
