"""What one object counts for."""

import pytest

from onggi.kinds.core.resourcequota.usage import charged, quota_of, tracked, unstated, usage


def pod(requests=None, limits=None, **more):
    resources = {"requests": requests or {}, "limits": limits or {}}
    containers = [{"name": "c", "resources": resources}]
    return {"metadata": {"name": "p"}, "spec": {"containers": containers, **more}}


def shown(resource, obj, **more):
    return {name: str(amount) for name, amount in usage(resource, obj, **more).items()}


def test_a_pod_counts_for_what_it_asks():
    asked = {"cpu": "1", "hugepages-2Mi": "4Mi", "example.com/gpu": "1"}
    assert shown("pods", pod(asked, {"memory": "1Gi"})) == {
        "count/pods": "1",
        "pods": "1",
        "cpu": "1",
        "requests.cpu": "1",
        "hugepages-2Mi": "4Mi",
        "requests.hugepages-2Mi": "4Mi",
        "requests.example.com/gpu": "1",
        "limits.memory": "1Gi",
    }


def test_a_pod_that_is_over_is_only_an_object():
    done = pod({"cpu": "1"}) | {"status": {"phase": "Failed"}}
    assert shown("pods", done) == {"count/pods": "1"}
    assert shown("pods", pod(), over=True) == {"count/pods": "1"}


@pytest.mark.parametrize(
    ("spec", "ports", "balancers"),
    [
        ({"type": "ClusterIP", "ports": [{}]}, "0", "0"),
        ({"type": "NodePort", "ports": [{}, {}]}, "2", "0"),
        ({"type": "LoadBalancer", "ports": [{}]}, "1", "1"),
        (
            {
                "type": "LoadBalancer",
                "ports": [{"nodePort": 30000}, {}],
                "allocateLoadBalancerNodePorts": False,
            },
            "1",
            "1",
        ),
    ],
)
def test_a_service_counts_for_its_node_ports(spec, ports, balancers):
    found = shown("services", {"metadata": {}, "spec": spec})
    assert (found["services.nodeports"], found["services.loadbalancers"]) == (ports, balancers)


def test_a_claim_counts_for_its_class_too():
    claim = {"metadata": {}, "spec": {"resources": {"requests": {"storage": "1500m"}}}}
    assert shown("persistentvolumeclaims", claim)["requests.storage"] == "2"
    claim["spec"]["storageClassName"] = "gold"
    found = shown("persistentvolumeclaims", claim)
    assert found["gold.storageclass.storage.k8s.io/requests.storage"] == "2"
    assert found["gold.storageclass.storage.k8s.io/persistentvolumeclaims"] == "1"


def test_whose_objects_count_for_a_name():
    names = {
        "pods": "pods",
        "limits.memory": "pods",
        "requests.nvidia.com/gpu": "pods",
        "requests.storage": "persistentvolumeclaims",
        "gold.storageclass.storage.k8s.io/persistentvolumeclaims": "persistentvolumeclaims",
        "services.nodeports": "services",
        "count/widgets.example.com": "widgets.example.com",
        "secrets": "secrets",
        "count/events": "",
        "example.com/other": "",
    }
    assert {name: tracked(name) for name in names} == names


def quota(*scopes, selector=None):
    spec = {"hard": {"pods": "1", "services": "1"}, "scopes": list(scopes)}
    if selector:
        spec["scopeSelector"] = {"matchExpressions": [selector]}
    return quota_of({"metadata": {"name": "q"}, "spec": spec})


def priority(operator, *values):
    return quota(selector={"scopeName": "PriorityClass", "operator": operator, "values": values})


NEAR = {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"namespaces": ["x"]}]}}


@pytest.mark.parametrize(
    ("about", "obj", "counts"),
    [
        (quota("Terminating"), pod(activeDeadlineSeconds=5), True),
        (quota("NotTerminating"), pod(activeDeadlineSeconds=5), False),
        (quota("BestEffort"), pod(), True),
        (quota("NotBestEffort"), pod({"cpu": "1"}), True),
        (quota("BestEffort", "Terminating"), pod(), False),
        (quota("CrossNamespacePodAffinity"), pod(affinity=NEAR), True),
        (quota("CrossNamespacePodAffinity"), pod(), False),
        (priority("In", "high"), pod(priorityClassName="high"), True),
        (priority("In", "high"), pod(), False),
        (priority("NotIn", "high"), pod(), True),
        (priority("Exists"), pod(priorityClassName="low"), True),
        (priority("DoesNotExist"), pod(priorityClassName="low"), False),
    ],
)
def test_scopes_choose_pods(about, obj, counts):
    assert bool(charged(about, "pods", obj)) is counts


def test_a_scoped_quota_is_about_no_services():
    service = {"metadata": {}, "spec": {}}
    assert charged(quota("BestEffort"), "services", service) == {}
    assert charged(quota(), "services", service)


def test_every_container_states_what_a_quota_counts():
    silent = pod(initContainers=[{"name": "b"}])
    assert unstated(["limits.cpu", "pods"], silent) == "limits.cpu for: b,c"
    assert unstated(["limits.cpu", "requests.memory"], pod(limits={"cpu": "1"})) == (
        "requests.memory for: c"
    )
    assert unstated(["pods", "requests.ephemeral-storage"], silent) == ""
    whole = pod(resources={"requests": {"cpu": "1"}})
    assert unstated(["requests.cpu"], whole) == ""
