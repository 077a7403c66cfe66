import pytest

from onggi.node.downward import Surroundings, Unsupported, field_value, resource_value
from tests.node.pods import main, pod

AROUND = Surroundings(
    host_ips=("192.0.2.1",),
    pod_ips=("10.0.0.5", "fd00::5"),
    allocatable={"cpu": "4", "memory": "8Gi", "ephemeral-storage": "10Gi"},
)
FIELDS = {
    "metadata.name": "web",
    "metadata.namespace": "shop",
    "metadata.uid": "0000-1111",
    "metadata.labels": 'app="web"\ntier="a\\"b"',
    "metadata.labels['app']": "web",
    "metadata.labels['none']": "",
    "metadata.annotations['note']": "x",
    "spec.nodeName": "n1",
    "spec.serviceAccountName": "robot",
    "status.hostIP": "192.0.2.1",
    "status.hostIPs": "192.0.2.1",
    "status.podIP": "10.0.0.5",
    "status.podIPs": "10.0.0.5,fd00::5",
}


@pytest.mark.parametrize(("path", "expected"), FIELDS.items())
def test_every_field_that_upstream_supports_has_a_value(path: str, expected: str) -> None:
    assert field_value(pod(nodeName="n1", serviceAccountName="robot"), path, AROUND) == expected


@pytest.mark.parametrize("path", ["spec.containers", "metadata.name['a']", "status.phase"])
def test_other_fields_are_refused_by_name(path: str) -> None:
    with pytest.raises(Unsupported, match="fieldPath"):
        field_value(pod(), path, AROUND)


@pytest.mark.parametrize(
    ("resource", "divisor", "expected"),
    [
        ("limits.cpu", "", "1"),
        ("limits.cpu", "1m", "250"),
        ("requests.cpu", "1m", "100"),
        ("limits.memory", "1Mi", "64"),
        ("limits.memory", "", "67108864"),
        ("requests.memory", "", "0"),
        ("limits.ephemeral-storage", "1Gi", "10"),
    ],
)
def test_resources_are_counted_in_units_of_the_divisor_rounded_up(
    resource: str, divisor: str, expected: str
) -> None:
    resources = {"limits": {"cpu": "250m", "memory": "64Mi"}, "requests": {"cpu": "100m"}}
    one = pod({"resources": resources})
    ref = {"resource": resource, "divisor": divisor}
    assert resource_value(one, main(one), ref, AROUND) == expected


def test_a_missing_limit_is_what_the_node_can_give() -> None:
    one = pod()
    assert resource_value(one, main(one), {"resource": "limits.cpu"}, AROUND) == "4"


def test_a_missing_limit_is_first_of_all_the_pods_own() -> None:
    one = pod(resources={"limits": {"cpu": "2"}})
    assert resource_value(one, main(one), {"resource": "limits.cpu"}, AROUND) == "2"


def test_a_volume_names_the_container_it_means() -> None:
    one = pod({"resources": {"limits": {"cpu": "3"}}})
    ref = {"containerName": "main", "resource": "limits.cpu"}
    assert resource_value(one, {}, ref, AROUND) == "3"
    with pytest.raises(Unsupported, match="container other not found"):
        resource_value(one, {}, {**ref, "containerName": "other"}, AROUND)
