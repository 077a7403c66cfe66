"""A disruption budget follows the pods that it protects."""

import asyncio

import pytest

from onggi.client.cluster import reference
from onggi.kinds.apps.deployment import DEPLOYMENT
from onggi.kinds.apps.deployment.reconcile import CONTROLLER as DEPLOYMENTS
from onggi.kinds.apps.replicaset.reconcile import CONTROLLER as REPLICASETS
from onggi.kinds.core.namespace.furniture import SERVICE_ACCOUNTS
from onggi.kinds.core.pod import POD
from onggi.kinds.policy.poddisruptionbudget import PODDISRUPTIONBUDGET
from onggi.kinds.policy.poddisruptionbudget.reconcile import CONTROLLER as BUDGETS
from tests.stories.machine import Kubelet, deployment, running

pytestmark = pytest.mark.looptime

ALL = (SERVICE_ACCOUNTS, DEPLOYMENTS, REPLICASETS, BUDGETS)
BUDGET = {
    "apiVersion": "policy/v1",
    "kind": "PodDisruptionBudget",
    "metadata": {"name": "web", "namespace": "default"},
    "spec": {"maxUnavailable": "34%", "selector": {"matchLabels": {"app": "web"}}},
}


async def figures(machine):
    status = (await machine.get(PODDISRUPTIONBUDGET, "default", "web"))["status"]
    return tuple(status[n] for n in ("disruptionsAllowed", "currentHealthy", "desiredHealthy"))


async def test_the_budget_shrinks_and_grows_with_its_pods(machine):
    async with running(machine, ALL, Kubelet()):
        await machine.create(PODDISRUPTIONBUDGET, BUDGET)
        await machine.create(DEPLOYMENT, deployment(replicas=3))
        await asyncio.sleep(1)
        assert await figures(machine) == (0, 0, 1)
        await asyncio.sleep(5)
        assert await figures(machine) == (2, 3, 1)
        first = (await machine.names(POD))[0]
        await machine.delete(POD, reference("default", first))
        await asyncio.sleep(1)
        assert await figures(machine) == (1, 2, 1)
        await asyncio.sleep(5)
        assert await figures(machine) == (2, 3, 1)
    assert set(await machine.messages("NoPods")) == {"No matching pods found"}
