from onggi.scheduler.requests import pod_requests, scoring_requests


def asks(cpu: str, **more: str) -> dict:
    return {"resources": {"requests": {"cpu": cpu}}, **more}


def test_containers_add_up_and_the_largest_init_container_counts_alone():
    spec = {"initContainers": [asks("3")], "containers": [asks("1"), asks("500m")]}
    assert pod_requests(spec) == {"cpu": 3000}


def test_sidecars_run_beside_later_init_containers_and_beside_the_rest():
    side = asks("200m", restartPolicy="Always")
    spec = {"initContainers": [side, asks("1")], "containers": [asks("500m")]}
    assert pod_requests(spec) == {"cpu": 1200}
    spec = {"initContainers": [asks("1"), side], "containers": [asks("1")]}
    assert pod_requests(spec) == {"cpu": 1200}


def test_pod_level_requests_replace_the_sum_and_overhead_is_added():
    spec = {
        "containers": [asks("1")],
        "resources": {"requests": {"cpu": "2", "memory": "1Gi"}},
        "overhead": {"cpu": "100m"},
    }
    assert pod_requests(spec) == {"cpu": 2100, "memory": 1 << 30}
    assert scoring_requests(spec) == (2100, 1 << 30)


def test_whoever_asks_for_nothing_counts_a_little_in_scores_only():
    spec = {"containers": [{}, {}]}
    assert pod_requests(spec) == {}
    assert scoring_requests(spec) == (200, 400 << 20)
