from typing import Any

import pytest

from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.references import pull_policy
from tests.kinds.samples import CONTAINER, created


def container(**fields: Any) -> dict[str, Any]:
    pod = created(POD, containers=[{**CONTAINER, **fields}])
    found: dict[str, Any] = pod["spec"]["containers"][0]
    return found


def test_a_pod_gets_upstreams_defaults() -> None:
    assert created(POD)["spec"] == {
        "containers": [
            {
                "name": "web",
                "image": "nginx",
                "imagePullPolicy": "Always",
                "terminationMessagePath": "/dev/termination-log",
                "terminationMessagePolicy": "File",
                "resources": {},
            }
        ],
        "restartPolicy": "Always",
        "dnsPolicy": "ClusterFirst",
        "schedulerName": "default-scheduler",
        "terminationGracePeriodSeconds": 30,
        "securityContext": {},
        "enableServiceLinks": True,
    }


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("nginx", "Always"),
        ("nginx:latest", "Always"),
        ("nginx:1.27", "IfNotPresent"),
        ("localhost:5000/nginx", "Always"),
        ("localhost:5000/nginx:1", "IfNotPresent"),
        ("nginx@sha256:" + "a" * 64, "IfNotPresent"),
        ("nginx:latest@sha256:" + "a" * 64, "Always"),
        ("", "IfNotPresent"),
    ],
)
def test_images_without_a_fixed_tag_are_always_pulled(image: str, policy: str) -> None:
    assert pull_policy(image) == policy


def test_limits_are_requests_too_and_quantities_are_printed_as_upstream_does() -> None:
    resources = container(
        resources={"limits": {"cpu": 0.5, "memory": "1024Mi"}, "requests": {"cpu": "100m"}}
    )["resources"]
    assert resources == {
        "limits": {"cpu": "500m", "memory": "1Gi"},
        "requests": {"cpu": "100m", "memory": "1Gi"},
    }


def test_probes_and_references_are_completed() -> None:
    found = container(
        readinessProbe={"httpGet": {"port": 8080}, "timeoutSeconds": 0},
        livenessProbe={"grpc": {"port": 1}},
        env=[
            {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
            {"name": "B", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}},
        ],
        ports=[{"containerPort": 80}],
    )
    assert found["readinessProbe"] == {
        "httpGet": {"port": 8080, "path": "/", "scheme": "HTTP"},
        "timeoutSeconds": 1,
        "periodSeconds": 10,
        "successThreshold": 1,
        "failureThreshold": 3,
    }
    assert found["livenessProbe"]["grpc"] == {"port": 1, "service": ""}
    assert found["env"][0]["valueFrom"]["fieldRef"]["apiVersion"] == "v1"
    assert found["env"][1]["valueFrom"]["resourceFieldRef"]["divisor"] == "0"
    assert found["ports"] == [{"containerPort": 80, "protocol": "TCP"}]


def test_volumes_get_modes_types_and_lifetimes() -> None:
    token = {"path": "token"}
    pod = created(
        POD,
        serviceAccountName="default",
        volumes=[
            {"name": "a"},
            {"name": "b", "secret": {"secretName": "s"}},
            {"name": "c", "hostPath": {"path": "/x"}},
            {"name": "d", "projected": {"sources": [{"serviceAccountToken": token}]}},
        ],
    )
    empty, secret, host, projected = pod["spec"]["volumes"]
    assert empty == {"name": "a", "emptyDir": {}}
    assert secret["secret"]["defaultMode"] == 0o644
    assert host["hostPath"]["type"] == ""
    source = projected["projected"]["sources"][0]["serviceAccountToken"]
    assert source["expirationSeconds"] == 3600
    assert POD.validate(pod) == []


def test_host_network_makes_container_ports_host_ports() -> None:
    ports = [{"containerPort": 80}]
    pod = created(POD, hostNetwork=True, containers=[{**CONTAINER, "ports": ports}])
    assert pod["spec"]["containers"][0]["ports"][0]["hostPort"] == 80


def test_the_old_name_of_the_service_account_is_understood_and_written() -> None:
    spec = created(POD, serviceAccount="robot")["spec"]
    assert spec["serviceAccountName"] == spec["serviceAccount"] == "robot"
