"""Whatever watches and reconciles: the controllers and the scheduler, over shared caches."""

import asyncio

from onggi.api.kind import Kind
from onggi.api.plan import Controller
from onggi.apiserver.authn import legacy
from onggi.apiserver.authn.accounts import Keys
from onggi.apiserver.authn.issue import issue
from onggi.apiserver.authn.pki import Pki
from onggi.apiserver.policy import types
from onggi.apiserver.quota.keeper import Keeper
from onggi.controller.definitions import Definitions
from onggi.controller.runtime import Runtime
from onggi.kinds import BUILTIN
from onggi.kinds.controllers import CONTROLLERS, with_keys, with_schemas
from onggi.kinds.core.serviceaccount.secrets import ACCOUNT_SECRETS
from onggi.scheduler.loop import READS, Scheduler, SchedulerConfig
from onggi.up.clock import now
from onggi.up.control_plane import ControlPlane
from onggi.up.users import CACHES, SCHEDULER, controller


class Loops:
    """``run`` for ever; ``runtime.caches`` and ``runtime.recorder`` serve other parts too."""

    def __init__(self, plane: ControlPlane, also: tuple[Kind, ...] = ()) -> None:
        legacy_tokens = (ACCOUNT_SECRETS,) if plane.config.account_secrets else ()
        told = with_schemas(types.schema)
        controllers = (*CONTROLLERS, *keyed(plane.pki), *told, *legacy_tokens)
        self.runtime = Runtime(
            plane.cluster(CACHES),
            controllers,
            BUILTIN,
            now,
            also=(*READS, *also),
            writer=lambda account: plane.cluster(controller(account)),
        )
        Definitions(self.runtime)
        self.synced, self._api = self.runtime.synced, plane.api
        quota = plane.cluster(controller("resourcequota-controller"))
        self._quotas = Keeper(plane.api.quotas, quota, now)
        self._scheduler = Scheduler(
            plane.cluster(SCHEDULER),
            self.runtime.caches,
            self.runtime.recorder,
            SchedulerConfig(clock=now),
        )

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.runtime.run())
            group.create_task(self._api.run())
            group.create_task(self._quotas.run())
            await self.synced.wait()
            group.create_task(self._scheduler.run())


def keyed(pki: Pki) -> tuple[Controller, ...]:
    """The controllers that sign, and the keys they sign with."""
    keys = Keys(pki.signing_key)
    return with_keys(
        pki.trust.read_text(),
        lambda order: issue(pki, order),
        lambda account, secret: keys.sign(legacy.claims(account, secret)),
    )
