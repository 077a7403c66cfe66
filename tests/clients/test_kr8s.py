"""kr8s: objects, waiting, watching, and kinds that are found at run time."""

import kr8s
import pytest
from kr8s.objects import APIObject, ConfigMap, Deployment, Pod, new_class

from tests.e2e.manifests import config_map, container, deployment, named, pod, spec
from tests.e2e.platform import Platform, Space


@pytest.fixture
def api(platform: Platform, space: Space) -> kr8s.Api:
    return kr8s.api(kubeconfig=str(platform.kubeconfig), namespace=space.name)


def test_objects_are_made_changed_awaited_and_removed(space: Space, api: kr8s.Api) -> None:
    made = Deployment(deployment("web", spec(container())), api=api)
    made.create()
    made.wait("condition=Available", timeout=30)
    made.scale(2)
    made.wait("jsonpath='{.status.readyReplicas}'=2", timeout=30)
    assert len(made.pods()) == 2
    made.label(tier="front")
    made.annotate({"note": "hello"})
    made.refresh()
    assert made.labels["tier"] == "front"
    assert made.annotations["note"] == "hello"
    made.delete(propagation_policy="Foreground")
    made.wait("delete", timeout=30)
    assert not made.exists()


def test_a_pod_is_ready_and_a_watch_tells(space: Space, api: kr8s.Api) -> None:
    one = Pod(pod("web"), api=api)
    one.create()
    one.wait(["condition=Ready"], timeout=30)
    assert one.ready()
    for kind, seen in api.watch("pods", namespace=space.name):
        assert (kind, seen.name) == ("ADDED", "web")
        break
    assert [p.name for p in api.get("pods", label_selector={"app": "web"})] == ["web"]


def test_a_kind_found_at_run_time(space: Space, api: kr8s.Api) -> None:
    assert any(r["kind"] == "Lease" for r in api.api_resources())
    lease = new_class("Lease", "coordination.k8s.io/v1", namespaced=True)
    manifest = named("Lease", "mine", "coordination.k8s.io/v1", spec={"holderIdentity": "me"})
    held: APIObject = lease(manifest, api=api)
    held.create()
    held.patch([{"op": "replace", "path": "/spec/holderIdentity", "value": "you"}], type="json")
    assert held.spec.holderIdentity == "you"
    ConfigMap(config_map("settings", a="1"), api=api).create()
    assert api.whoami()
