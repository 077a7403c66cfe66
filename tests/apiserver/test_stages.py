"""Stages come after the plugins, in upstream's order, and cost nothing while nobody uses them."""

from onggi.apiserver.quota.stage import QuotaStage
from onggi.apiserver.webhooks.mutating import MutatingWebhooks
from onggi.apiserver.webhooks.validating import ValidatingWebhooks
from tests.apiserver import world


def place(stages, kind):
    return next(i for i, stage in enumerate(stages) if isinstance(stage, kind))


def test_webhooks_come_late_and_quotas_last():
    staged = world.server().stages
    assert place(staged.mutating, MutatingWebhooks) == len(staged.mutating) - 1
    assert place(staged.validating, QuotaStage) == len(staged.validating) - 1
    assert place(staged.validating, ValidatingWebhooks) == len(staged.validating) - 2


async def test_nothing_is_connected_to_without_a_configuration():
    running = world.server()
    await running.start()
    await world.ask(running, "POST", "/api/v1/namespaces/default/configmaps", world.config_map())
    assert running.stages.client._session is None
    await running.close()
