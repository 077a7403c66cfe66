"""What comes after the plugins of admission, in upstream's order; quotas are always last.

Source: ``pkg/kubeapiserver/options/plugins.go`` (AllOrderedPlugins).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from onggi.apiserver.admission import Lookup, Stage
from onggi.apiserver.authz.attributes import Authorizer
from onggi.apiserver.call import Schemas
from onggi.apiserver.policy.mutating import MutatingPolicies
from onggi.apiserver.policy.validating import ValidatingPolicies
from onggi.apiserver.quota.ledger import Ledger
from onggi.apiserver.quota.stage import QuotaStage
from onggi.apiserver.registry import Registry
from onggi.apiserver.webhooks.client import Client
from onggi.apiserver.webhooks.mutating import MutatingWebhooks
from onggi.apiserver.webhooks.panel import Panel
from onggi.apiserver.webhooks.validating import ValidatingWebhooks
from onggi.store.store import Store


@dataclass(frozen=True)
class Stages:
    """``client`` is to be closed in the end."""

    mutating: Sequence[Stage]
    validating: Sequence[Stage]
    panel: Panel

    @property
    def client(self) -> Client:
        return self.panel.client


@dataclass(frozen=True)
class Ground:
    """What stages stand on."""

    store: Store
    lookup: Lookup
    registry: Registry
    schemas: Schemas
    authorizer: Authorizer
    quotas: Ledger


def stages(on: Ground) -> Stages:
    panel = Panel(on.lookup, on.registry, on.schemas, on.authorizer, Client(on.lookup))
    return Stages(
        mutating=(MutatingPolicies(on.store, panel), MutatingWebhooks(on.store, panel)),
        validating=(
            ValidatingPolicies(on.store, panel),
            ValidatingWebhooks(on.store, panel),
            QuotaStage(on.quotas),
        ),
        panel=panel,
    )
