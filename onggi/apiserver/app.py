"""The API server without HTTP: a request in, an answer out.

    request info ▸ authentication ▸ priority and fairness ▸ authorization ▸ the kind and its verb

Refusals are raised as ``StatusError``; the binding words them. Everything that answers
about resources goes by the table VERBS; everything else by the paths given to ``App``.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from onggi.api.errors import MethodNotAllowed, NoSuchPath, StatusError, Unauthorized
from onggi.api.http import Answer, Request, User
from onggi.api.kind import Kind
from onggi.apiserver import conversion, respond
from onggi.apiserver.aggregation.aggregator import Aggregator
from onggi.apiserver.audit.audit import Audit, Entry
from onggi.apiserver.authn.wanted import KeysWanted
from onggi.apiserver.authz.attributes import Attributes, refusal, selected
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.custom_kinds import promised
from onggi.apiserver.fairness.gate import Gate
from onggi.apiserver.negotiate import AS_IS, SPOKEN, TEXTS, TRANSFORMS, Wanted, accepted
from onggi.apiserver.path import Target, described
from onggi.apiserver.routes import RESOURCES, SUBRESOURCES, VERBS
from onggi.kinds.apiextensions.crd.kind import CRD
from onggi.store.store import Record

ACCEPTED_TRANSFORMS = frozenset(TRANSFORMS)
WITHOUT_TABLES = frozenset(form for form in TRANSFORMS if form[0] != "Table")  # of reviews
FOREIGN = frozenset(("log", "exec", "attach", "portforward", "proxy"))
COLLECTION_VERBS = ("list", "watch", "create", "deletecollection")

Page = Callable[[Request, User], Awaitable[Answer]]


class Authenticator(Protocol):
    def authenticate(self, request: Request) -> User:
        """Who asks; raises Unauthorized."""


class App:
    """``pages`` answers paths that are about no resource: ``/version`` that path alone,
    ``/api/`` everything below it. ``aggregator`` answers what others serve."""

    def __init__(
        self,
        backend: Backend,
        authenticator: Authenticator,
        pages: Mapping[str, Page],
        gate: Gate | None = None,
        audit: Audit | None = None,
    ) -> None:
        self.backend, self.authenticator, self.pages = backend, authenticator, pages
        self.gate, self.audit = gate, audit
        self.aggregator: Aggregator | None = None

    async def handle(self, request: Request) -> Answer:
        target = described(request)
        if self.audit:
            return await self._audited(self.audit, request, target)
        return await self._in_turn(request, target, await self._who(request))

    async def _who(self, request: Request) -> User:
        try:
            return self.authenticator.authenticate(request)
        except KeysWanted as wanted:
            await wanted.fetch()
            return self.authenticator.authenticate(request)

    async def _audited(self, audit: Audit, request: Request, target: Target) -> Answer:
        try:
            user = await self._who(request)
        except Unauthorized as error:
            audit.stranger(request, target, error)
            raise
        entry = audit.begin(request, target, user)
        if entry is None:
            return await self._in_turn(request, target, user)
        try:
            answer = await self._in_turn(request, target, user, entry)
        except Exception as error:
            entry.refused(error)
            raise
        return entry.answered(answer)

    async def _in_turn(
        self, request: Request, target: Target, user: User, entry: Entry | None = None
    ) -> Answer:
        """Parts of this process wait for no one."""
        if self.gate is None or request.objects:
            return await self._answer(request, target, user, entry)
        flow = self.gate.flow(user, target)
        request.echo = {**request.echo, **flow.headers} if request.echo else flow.headers
        await self.gate.enter(flow, self._listed(target) if target.verb == "list" else 0)
        try:
            return await self._answer(request, target, user, entry)
        finally:
            self.gate.leave(flow)

    def _listed(self, target: Target) -> int:
        """How many objects the answer may have."""
        kind = self.backend.registry.find(target.group, target.version, target.resource)
        return len(self.backend.store.list(kind.resource, target.namespace)) if kind else 0

    async def _answer(
        self, request: Request, target: Target, user: User, entry: Entry | None
    ) -> Answer:
        self._authorize(request, target, user, entry)
        if self.aggregator and (remote := self.aggregator.remote(target)):
            return await self.aggregator.forward(remote, request, target, user)
        if not target.resource:
            return await self._page(target.path)(request, user)
        backend = self.backend
        kind = backend.registry.find(target.group, target.version, target.resource)
        if kind is None and target.group:
            kind = await promised(backend.store, backend.registry, target)
        if kind is None:
            raise NoSuchPath
        accept = request.headers.get("accept", "")
        wanted = negotiated(accept, kind, target) if accept else AS_IS
        namespace = target.namespace if kind.namespaced else ""
        call = Call(request, target, user, kind, namespace, wanted)
        if entry:
            entry.call = call
        if kind.deprecated:
            call.warnings.append(kind.deprecated)
        try:
            answer = verb(call)
            if kind.custom and conversion.needed(kind):
                ahead = self._ahead(call)
                return await conversion.answered(kind, ahead, lambda: answer(self.backend, call))
            answered = await answer(self.backend, call)
        except StatusError as refused:
            refused.headers = respond.warned(call)
            raise
        if kind is CRD:
            self.backend.registry.catch_up()
        return answered

    def _ahead(self, call: Call) -> Sequence[Record]:
        """What a call is likely to show."""
        store = self.backend.store
        if not call.target.name:
            return store.list(call.resource, call.namespace)
        found = store.get(call.key)
        return [found] if found else []

    def _authorize(self, request: Request, target: Target, user: User, entry: Entry | None) -> None:
        name, fields = target.name, ""
        if request.query and not name:
            fields = request.argument("fieldSelector")
            name = selected(fields, "metadata.name")
        asked = Attributes(
            user,
            target.verb,
            target.group,
            target.version,
            target.resource,
            target.subresource,
            target.namespace,
            name,
            target.path,
            fields,
        )
        decision = self.backend.authorizer.authorize(asked)
        if entry:
            entry.decided(decision)
        if not decision.allowed:
            raise refusal(asked, decision.reason)

    def _page(self, path: str) -> Page:
        if page := self.pages.get(path) or self.pages.get(path.rstrip("/")):
            return page
        while path:
            path = path.rstrip("/").rpartition("/")[0]
            if page := self.pages.get(f"{path}/") if path else None:
                return page
        raise NoSuchPath


def negotiated(accept: str, kind: Kind, target: Target) -> Wanted:
    """Custom resources have no messages; what a pod says is in no form of ours."""
    if target.subresource in FOREIGN:
        return AS_IS
    spoken = SPOKEN if isinstance(kind.schema, str) or target.subresource == "scale" else TEXTS
    reviews = kind.virtual and not kind.columns
    transforms = WITHOUT_TABLES if reviews else ACCEPTED_TRANSFORMS
    return accepted(accept, transforms, spoken, target.verb == "watch")


def verb(call: Call) -> Callable[[Backend, Call], Awaitable[Answer]]:
    """The function that answers a call; raises for what the kind does not offer."""
    target, kind = call.target, call.kind
    if call.request.method == "HEAD" and target.subresource != "proxy":
        raise MethodNotAllowed
    if target.subresource:
        return subresource(call)
    if target.verb not in kind.verbs:
        raise not_offered(kind, target.verb)
    if kind.namespaced != bool(target.namespace):
        check_scope(target, kind)
    if not target.name and target.verb not in COLLECTION_VERBS:
        raise MethodNotAllowed
    return RESOURCES.get(kind.resource, VERBS)[target.verb]


def not_offered(kind: Kind, verb: str) -> MethodNotAllowed:
    error = MethodNotAllowed()
    if kind.custom and kind.custom.family.terminating and verb == "create":
        error.message = "create not allowed while custom resource definition is terminating"
    return error


def check_scope(target: Target, kind: Kind) -> None:
    """Across all namespaces one may list and watch; nothing else leaves the kind's scope."""
    if not kind.namespaced:
        if target.resource != "namespaces" or target.namespace != target.name:
            raise NoSuchPath
        return
    if target.name and not target.special:
        raise NoSuchPath
    if target.verb not in ("list", "watch"):
        raise MethodNotAllowed


def subresource(call: Call) -> Callable[[Backend, Call], Awaitable[Answer]]:
    target, kind = call.target, call.kind
    if bool(target.namespace) != kind.namespaced and target.resource != "namespaces":
        raise NoSuchPath
    offered = offers(kind, target.subresource)
    found = SUBRESOURCES.get((kind.resource, target.subresource)) or SUBRESOURCES.get(
        ("", target.subresource)
    )
    if offered is None or found is None:
        raise NoSuchPath
    if target.verb not in offered or target.verb not in found:
        raise MethodNotAllowed
    return found[target.verb]


def offers(kind: Kind, name: str) -> tuple[str, ...] | None:
    """The verbs of a subresource; None where the kind has none of this name."""
    if name == "status" and kind.status:
        return ("get", "patch", "update")
    if name == "scale" and kind.scale:
        return ("get", "patch", "update")
    return next((sub.verbs for sub in kind.subresources if sub.name == name), None)
