"""Puts an API server together: the one place that knows all of its parts."""

from collections.abc import Callable, Mapping
from datetime import datetime

from onggi.api.http import Handler
from onggi.apiserver.admission import Admission, StoreLookup
from onggi.apiserver.app import App, Authenticator
from onggi.apiserver.authz.attributes import Authorizer
from onggi.apiserver.call import Backend, Schemas
from onggi.apiserver.config import ApiConfig
from onggi.apiserver.registry import Registry
from onggi.kinds import BUILTIN
from onggi.store.store import Store


def assemble(
    store: Store,
    authenticator: Authenticator,
    authorizer: Authorizer,
    *,
    schemas: Schemas,
    clock: Callable[[], datetime],
    config: ApiConfig | None = None,
    nodes: Mapping[str, Handler] | None = None,
) -> App:
    """A server over ``store``; ``nodes`` may be filled while it runs."""
    backend = Backend(
        store=store,
        registry=Registry(BUILTIN),
        schemas=schemas,
        authorizer=authorizer,
        admission=Admission(StoreLookup(store), (), ()),
        clock=clock,
        config=config or ApiConfig(),
        nodes={} if nodes is None else nodes,
    )
    return App(backend, authenticator, {})
