"""Puts an API server together: the one place that knows all of its parts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from onggi.api.http import Answer, Handler, Request
from onggi.apiserver.access import Access
from onggi.apiserver.admission import Admission, Plugin, StoreLookup
from onggi.apiserver.aggregation.aggregator import Aggregator
from onggi.apiserver.app import App, Authenticator, Page
from onggi.apiserver.audit.audit import Audit
from onggi.apiserver.authn.users import SERVER
from onggi.apiserver.authz.attributes import Authorizer
from onggi.apiserver.bootstrap import bootstrap
from onggi.apiserver.call import Backend, Schemas, Tokens, Virtual
from onggi.apiserver.config import ApiConfig
from onggi.apiserver.conversion import Conversions
from onggi.apiserver.custom_kinds import CustomKinds
from onggi.apiserver.discovery import Discovery
from onggi.apiserver.fairness.gate import Gate
from onggi.apiserver.health import Health
from onggi.apiserver.metrics import Metrics
from onggi.apiserver.openapi import OpenAPI
from onggi.apiserver.openapi_page import openapi_page
from onggi.apiserver.pages import index, pages
from onggi.apiserver.plugins import ABOUT, MUTATING, VALIDATING, with_rights
from onggi.apiserver.quota.ledger import Ledger
from onggi.apiserver.registry import Registry
from onggi.apiserver.schemas import KindSchemas, described
from onggi.apiserver.services import ServiceAllocator
from onggi.apiserver.stages import Ground, Stages, stages
from onggi.apiserver.verbs.below import BINDING
from onggi.apiserver.webhooks.client import Client
from onggi.client.inprocess import InProcess
from onggi.kinds import BUILTIN
from onggi.store.store import Store


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the composition root brings; ``parts_of`` takes it all from an ``Access``."""

    authenticator: Authenticator
    authorizer: Authorizer
    virtual: Mapping[str, Virtual] = field(default_factory=dict)
    pages: Mapping[str, Page] = field(default_factory=dict)
    validating: Sequence[Plugin] = ()
    tokens: Tokens | None = None
    schemas: Schemas = field(default_factory=KindSchemas)


@dataclass(frozen=True)
class ApiServer:
    """A handler for everybody, in process and over HTTP."""

    app: App
    health: Health
    metrics: Metrics

    config: ApiConfig
    quotas: Ledger
    stages: Stages
    aggregator: Aggregator
    conversions: Conversions

    async def handle(self, request: Request) -> Answer:
        return await self.app.handle(request)

    async def start(self) -> None:
        """Put in place what every cluster has; ready afterwards."""
        cluster, admission = InProcess(self, SERVER), self.app.backend.admission
        admission.staged = False
        await bootstrap(cluster, self.config)
        await self.aggregator.register(cluster)
        admission.staged = self.health.ready = True

    async def run(self) -> None:
        """For ever, once started: what a server does besides answering."""
        await self.aggregator.run(InProcess(self, SERVER), self.app.backend.clock)

    async def close(self) -> None:
        """End connections to webhooks and extension servers."""
        await self.stages.client.close()
        await self.conversions.close()
        await self.aggregator.close()


def parts_of(access: Access) -> Parts:
    """The parts of a real server: who asks, and what they may."""
    return Parts(
        authenticator=access.authenticator,
        authorizer=access.authorizer,
        virtual=access.virtual,
        pages=access.pages,
        validating=(access.check_escalation,),
        tokens=access.tokens,
    )


def assemble(
    store: Store,
    parts: Parts,
    *,
    clock: Callable[[], datetime],
    config: ApiConfig | None = None,
    nodes: Mapping[str, Handler] | None = None,
    audit: Audit | None = None,
) -> ApiServer:
    """A server over ``store``; ``nodes`` may be filled while it runs."""
    config = config or ApiConfig()
    quotas, lookup = Ledger(store, clock), StoreLookup(store)
    conversions = Conversions(Client(lookup, "kube-apiserver-conversion"))
    registry = Registry((*BUILTIN, BINDING), CustomKinds(store, conversions.of))
    services = [record.object for record in store.list("services")]
    staged = stages(Ground(store, lookup, registry, parts.schemas, parts.authorizer, quotas))
    backend = Backend(
        store=store,
        registry=registry,
        schemas=parts.schemas,
        authorizer=parts.authorizer,
        admission=chain(parts, registry, lookup, staged),
        clock=clock,
        config=config,
        nodes={} if nodes is None else nodes,
        virtual=parts.virtual,
        tokens=parts.tokens,
        allocators={"services": ServiceAllocator(config, services)},
    )
    aggregator = Aggregator(store, lookup, registry, config.front_proxy)
    gate = Gate(store)
    health, metrics = Health(store), Metrics(store, registry, backend.watching)
    metrics.more += (staged.panel.counts.lines, aggregator.lines)
    found = {**page_table(config, registry, aggregator, health, metrics), **parts.pages}
    found["/"] = index(found, registry)
    app = App(backend, parts.authenticator, found, gate, audit)
    app.aggregator = aggregator
    return ApiServer(app, health, metrics, config, quotas, staged, aggregator, conversions)


def chain(parts: Parts, registry: Registry, lookup: StoreLookup, staged: Stages) -> Admission:
    validating = (*VALIDATING, *with_rights(parts.authorizer, registry), *parts.validating)
    return Admission(lookup, MUTATING, validating, (staged.mutating, staged.validating), ABOUT)


def page_table(
    config: ApiConfig, registry: Registry, aggregator: Aggregator, health: Health, metrics: Metrics
) -> dict[str, Page]:
    """What answers paths that are about no resource."""
    discovery = Discovery(registry, f"{config.address}:{config.port}", aggregator)
    openapi = aggregator.extended(openapi_page(OpenAPI(lambda: registry.kinds, described)))
    return {
        **pages(config, discovery, health, metrics),
        **dict.fromkeys(("/openapi/v2", "/openapi/v3", "/openapi/v3/"), openapi),
    }
