"""Puts an API server together: the one place that knows all of its parts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from onggi.api.http import Answer, Handler, Request
from onggi.apiserver.admission import Admission, Plugin, StoreLookup
from onggi.apiserver.app import App, Authenticator, Page
from onggi.apiserver.authz.attributes import Authorizer
from onggi.apiserver.call import Backend, Schemas, Virtual
from onggi.apiserver.config import ApiConfig
from onggi.apiserver.discovery import Discovery
from onggi.apiserver.health import Health
from onggi.apiserver.metrics import Metrics
from onggi.apiserver.pages import index, pages
from onggi.apiserver.registry import Registry
from onggi.apiserver.schemas import KindSchemas
from onggi.kinds import BUILTIN
from onggi.store.store import Store


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the composition root brings; see ``onggi.apiserver.access`` for the first four."""

    authenticator: Authenticator
    authorizer: Authorizer
    virtual: Mapping[str, Virtual]
    pages: Mapping[str, Page]
    validating: Sequence[Plugin] = ()
    schemas: Schemas = field(default_factory=KindSchemas)


@dataclass(frozen=True)
class ApiServer:
    """A handler for everybody, in process and over HTTP."""

    app: App
    health: Health
    metrics: Metrics

    async def handle(self, request: Request) -> Answer:
        return await self.app.handle(request)


def assemble(
    store: Store,
    parts: Parts,
    *,
    clock: Callable[[], datetime],
    config: ApiConfig | None = None,
    nodes: Mapping[str, Handler] | None = None,
) -> ApiServer:
    """A server over ``store``; ``nodes`` may be filled while it runs."""
    config = config or ApiConfig()
    registry = Registry(BUILTIN)
    backend = Backend(
        store=store,
        registry=registry,
        schemas=parts.schemas,
        authorizer=parts.authorizer,
        admission=Admission(StoreLookup(store), (), parts.validating),
        clock=clock,
        config=config,
        nodes={} if nodes is None else nodes,
        virtual=parts.virtual,
    )
    discovery = Discovery(registry, f"{config.address}:{config.port}")
    health, metrics = Health(store), Metrics(store, registry)
    found = {**pages(config, discovery, health, metrics), **parts.pages}
    found["/"] = index(found, registry)
    return ApiServer(App(backend, parts.authenticator, found), health, metrics)
