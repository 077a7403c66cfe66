"""lightkube: typed models, generic resources, watching, waiting, and its server-side apply."""

import pytest
from lightkube import Client, KubeConfig, codecs
from lightkube.core.exceptions import ApiError
from lightkube.generic_resource import load_in_cluster_generic_resources
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.apps_v1 import Deployment
from lightkube.resources.core_v1 import ConfigMap, Pod
from lightkube.types import CascadeType, PatchType

from tests.clients.test_kubectl_reads import definition
from tests.e2e.manifests import container, deployment, named, spec
from tests.e2e.platform import Platform, Space


@pytest.fixture
def api(platform: Platform, space: Space) -> Client:
    config = KubeConfig.from_file(str(platform.kubeconfig))
    return Client(config, namespace=space.name, field_manager="mine")


def settings(**data: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMeta(name="settings"), data=data)


def test_server_side_apply_and_its_conflicts(api: Client, platform: Platform, space: Space) -> None:
    api.apply(settings(a="1", b="2"))
    assert api.apply(settings(a="1")).data == {"a": "1"}
    config = KubeConfig.from_file(str(platform.kubeconfig))
    other = Client(config, namespace=space.name, field_manager="other")
    with pytest.raises(ApiError, match="conflict"):
        other.apply(settings(a="2"))
    assert other.apply(settings(a="2"), force=True).data == {"a": "2"}


def test_a_deployment_is_applied_awaited_and_removed(api: Client) -> None:
    wanted = Deployment.from_dict(deployment("web", spec(container()), 2))
    api.apply(wanted)
    api.wait(Deployment, "web", for_conditions=["Available"])
    pods = list(api.list(Pod, labels={"app": "web"}, chunk_size=1))
    assert len(pods) == 2
    scaled = api.patch(
        Deployment.Scale, "web", {"spec": {"replicas": 1}}, patch_type=PatchType.MERGE
    )
    assert scaled.spec.replicas == 1
    for event, found in api.watch(Deployment, fields={"metadata.name": "web"}):
        assert (event, found.metadata.name) == ("ADDED", "web")
        break
    api.delete(Deployment, "web", cascade=CascadeType.FOREGROUND)
    with pytest.raises(ApiError, match="not found"):
        api.get(Pod, "none")


def test_a_kind_of_ones_own(api: Client, space: Space) -> None:
    group = f"{space.name}.example.com"
    crd = definition(group)
    space.apply(crd)
    space.wait(f"crd/{crd['metadata']['name']}", "condition=Established", 10)
    load_in_cluster_generic_resources(api)
    pot = codecs.from_dict(named("Pot", "one", f"{group}/v1", spec={"size": 3}))
    api.apply(pot)
    assert [one.spec["size"] for one in api.list(type(pot))] == [3]
    space.kubectl("delete", "crd", crd["metadata"]["name"], "--wait=false")
