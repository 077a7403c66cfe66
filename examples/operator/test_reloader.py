"""The operator against a real Kubernetes API, fresh for each test: the fixture ``onggi``."""

import kr8s.asyncio
import pytest
from kr8s.asyncio.objects import ConfigMap, Deployment, ReplicaSet
from reloader import DIGEST, WANTS, digest, reconcile


@pytest.fixture
async def api(onggi):
    return await kr8s.asyncio.api(kubeconfig=str(onggi.kubeconfig))


def deployment(name, **annotations):
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "default", "annotations": annotations},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "main", "image": "example/app:1"}]},
            },
        },
    }


async def test_a_change_of_the_configuration_restarts_who_uses_it(api):
    config = await ConfigMap(
        {"metadata": {"name": "settings", "namespace": "default"}, "data": {"colour": "red"}},
        api=api,
    )
    await config.create()
    user = await Deployment(deployment("web", **{WANTS: "settings"}), api=api)
    await user.create()
    await (await Deployment(deployment("other"), api=api)).create()

    assert await reconcile(config) == ["web"]
    assert await reconcile(config) == []

    await config.patch({"data": {"colour": "blue"}})
    assert await reconcile(config) == ["web"]

    await user.refresh()
    assert user.spec.template.metadata.annotations[DIGEST] == digest(config.raw)
    # The deployment controller is at work in the fixture too: it starts a rollout.
    sets = [rs async for rs in ReplicaSet.list(namespace="default", api=api)]
    assert sets
