from typing import Any

import pytest

from onggi.kinds.core.pod.resources import limits, qos, requests


def container(**resources: Any) -> dict[str, Any]:
    return {"name": "c", "image": "i", "resources": resources}


def pod(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "p"}, "spec": {"containers": list(containers), **spec}}


def texts(amounts: dict[str, Any]) -> dict[str, str]:
    return {name: str(amount) for name, amount in amounts.items()}


def test_requests_are_the_sum_of_the_containers() -> None:
    p = pod(container(requests={"cpu": "500m"}), container(requests={"cpu": 1, "memory": "1Gi"}))
    assert texts(requests(p)) == {"cpu": "1500m", "memory": "1Gi"}


def test_an_init_step_counts_where_it_asks_for_more() -> None:
    p = pod(
        container(requests={"cpu": "100m", "memory": "1Gi"}),
        initContainers=[container(requests={"cpu": "1", "memory": "64Mi"})],
    )
    assert texts(requests(p)) == {"cpu": "1", "memory": "1Gi"}


def test_sidecars_are_added_and_count_for_the_init_steps_after_them() -> None:
    sidecar = container(requests={"cpu": "200m"}) | {"restartPolicy": "Always"}
    p = pod(
        container(requests={"cpu": "100m"}),
        initContainers=[
            container(requests={"cpu": "250m"}),
            sidecar,
            container(requests={"cpu": "150m"}),
        ],
    )
    assert texts(requests(p)) == {"cpu": "350m"}


def test_overhead_is_added_to_requests_and_to_limits_that_exist() -> None:
    p = pod(
        container(requests={"cpu": "100m"}, limits={"memory": "1Gi"}),
        overhead={"cpu": "50m", "memory": "1Gi"},
    )
    assert texts(requests(p)) == {"cpu": "150m", "memory": "1Gi"}
    assert texts(limits(p)) == {"memory": "2Gi"}


def test_pod_level_resources_win() -> None:
    p = pod(container(requests={"cpu": "100m"}), resources={"requests": {"cpu": "2"}})
    assert texts(requests(p)) == {"cpu": "2"}


BOTH = {"cpu": "1", "memory": "1Gi"}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([{}], "BestEffort"),
        ([{"requests": {"cpu": "0"}}], "BestEffort"),
        ([{"requests": {"ephemeral-storage": "1Gi"}}], "BestEffort"),
        ([{"requests": BOTH}], "Burstable"),
        ([{"requests": BOTH, "limits": BOTH}], "Guaranteed"),
        ([{"requests": {"cpu": "1000m", "memory": "1Gi"}, "limits": BOTH}], "Guaranteed"),
        ([{"requests": BOTH, "limits": BOTH}, {}], "Burstable"),
        ([{"requests": BOTH, "limits": {"cpu": "1"}}], "Burstable"),
    ],
)
def test_quality_of_service(parts: list[dict[str, Any]], expected: str) -> None:
    assert qos(pod(*(container(**part) for part in parts))) == expected
