import pytest

from onggi.api.schema_division import division, granularity
from onggi.apiserver import schemas


@pytest.mark.parametrize(
    ("says", "divided"),
    [
        ({}, ("atomic", ())),
        ({"x-kubernetes-list-type": "atomic"}, ("atomic", ())),
        ({"x-kubernetes-list-type": "set"}, ("set", ())),
        (
            {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["a", "b"]},
            ("map", ("a", "b")),
        ),
        ({"x-kubernetes-patch-strategy": "merge"}, ("set", ())),
        (
            {
                "x-kubernetes-patch-strategy": "merge,retainKeys",
                "x-kubernetes-patch-merge-key": "n",
            },
            ("map", ("n",)),
        ),
        ({"x-kubernetes-patch-strategy": "retainKeys"}, ("atomic", ())),
        (
            {"x-kubernetes-list-type": "atomic", "x-kubernetes-patch-strategy": "merge"},
            ("atomic", ()),
        ),
    ],
)
def test_lists_are_divided_as_they_say(says, divided):
    assert division(says) == divided


def test_maps_are_granular_unless_they_say_otherwise():
    assert granularity({}) is None
    assert granularity({"x-kubernetes-map-type": "atomic"}) == "atomic"
    assert granularity({"x-kubernetes-map-type": "granular"}) == "fields"


def node(name, *path):
    found = schemas.load(name)
    for part in path:
        found = found.items if part == "*" else found.field(part).node
    return found


def test_kubernetes_own_types_are_divided_as_published():
    pod = "io.k8s.api.core.v1.PodSpec"
    assert node(pod, "containers").shape == "map"
    assert node(pod, "containers").keys == ("name",)
    assert node(pod, "containers", "*", "ports").keys == ("containerPort", "protocol")
    assert node(pod, "containers", "*", "ports", "*").field("protocol").default == "TCP"
    assert node(pod, "nodeSelector").shape == "atomic"
    assert node("io.k8s.api.apps.v1.DeploymentSpec", "selector").shape == "atomic"
    assert node("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", "finalizers").shape == "set"


def test_a_field_may_divide_a_type_otherwise_than_it_says_itself():
    assert node("io.k8s.api.core.v1.ObjectReference").shape == "atomic"
    assert node("io.k8s.api.core.v1.PersistentVolumeSpec", "claimRef").shape == "fields"
