"""The official Python client: its synchronous half and its asyncio half."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from kubernetes import client, config, dynamic, utils, watch
from kubernetes.aio import client as aio
from kubernetes.aio import config as aio_config
from kubernetes.aio import watch as aio_watch
from kubernetes.client.exceptions import ApiException

from tests.e2e.manifests import config_map, container, deployment, spec
from tests.e2e.platform import Platform, Space


@pytest.fixture
def api(platform: Platform) -> client.ApiClient:
    return config.new_client_from_config(str(platform.kubeconfig))


def test_typed_objects_are_written_read_and_watched(space: Space, api: client.ApiClient) -> None:
    core, apps = client.CoreV1Api(api), client.AppsV1Api(api)
    apps.create_namespaced_deployment(space.name, deployment("web", spec(container()), 2))
    for event in watch.Watch().stream(
        apps.list_namespaced_deployment, space.name, timeout_seconds=30
    ):
        if event["object"].status.ready_replicas == 2:
            break
    pods = core.list_namespaced_pod(space.name, label_selector="app=web", limit=1)
    assert len(pods.items) == 1
    assert pods.metadata.remaining_item_count is None  # as always with a selector
    more = core.list_namespaced_pod(
        space.name, label_selector="app=web", limit=1, _continue=pods.metadata._continue
    )
    assert pods.items[0].metadata.name != more.items[0].metadata.name
    apps.patch_namespaced_deployment_scale("web", space.name, {"spec": {"replicas": 1}})
    assert apps.read_namespaced_deployment_scale("web", space.name).spec.replicas == 1
    core.create_namespaced_pod_eviction(
        more.items[0].metadata.name,
        space.name,
        client.V1Eviction(metadata=client.V1ObjectMeta(name=more.items[0].metadata.name)),
    )
    apps.delete_collection_namespaced_deployment(space.name)
    with pytest.raises(ApiException) as missing:
        core.read_namespaced_pod("none", space.name)
    assert missing.value.status == 404


def test_the_dynamic_client_applies_on_the_servers_side(
    space: Space, api: client.ApiClient, tmp_path: object
) -> None:
    anything = dynamic.DynamicClient(api)
    maps = anything.resources.get(api_version="v1", kind="ConfigMap")
    for colour in ("blue", "red"):
        maps.server_side_apply(
            body=config_map("settings", colour=colour), namespace=space.name, field_manager="me"
        )
    found = maps.get(name="settings", namespace=space.name)
    assert found.data.colour == "red"
    assert [e.operation for e in found.metadata.managedFields] == ["Apply"]
    seen = [e["type"] for e in maps.watch(namespace=space.name, name="settings", timeout=1)]
    assert seen == ["ADDED"]
    utils.create_from_dict(api, config_map("two", a="1"), namespace=space.name)
    maps.patch(
        body={"data": {"b": "2"}}, name="two", namespace=space.name,
        content_type="application/merge-patch+json",
    )  # fmt: skip
    assert maps.get(name="two", namespace=space.name).data.to_dict() == {"a": "1", "b": "2"}
    names = {r.kind for r in anything.resources.search(group="apps")}
    assert "Deployment" in names


@pytest.fixture
async def concurrent(platform: Platform) -> AsyncIterator[aio.ApiClient]:
    async with await aio_config.new_client_from_config(str(platform.kubeconfig)) as made:
        yield made


async def test_the_asyncio_half_does_many_things_at_once(
    space: Space, concurrent: aio.ApiClient
) -> None:
    core = aio.CoreV1Api(concurrent)
    names = {f"c{number}" for number in range(30)}

    async def seen() -> set[str]:
        found: set[str] = set()
        async with aio_watch.Watch().stream(
            core.list_namespaced_config_map, space.name, timeout_seconds=20
        ) as events:
            async for event in events:
                found.add(event["object"].metadata.name)
                if names <= found:
                    break
        return found

    watching = asyncio.ensure_future(seen())
    await asyncio.gather(
        *(core.create_namespaced_config_map(space.name, config_map(name)) for name in names)
    )
    assert names <= await watching
    await core.patch_namespaced_config_map("c1", space.name, {"data": {"a": "b"}})
    assert (await core.read_namespaced_config_map("c1", space.name)).data == {"a": "b"}
    await core.delete_collection_namespaced_config_map(space.name)
    listed = await core.list_namespaced_config_map(space.name)
    assert not names & {one.metadata.name for one in listed.items}
