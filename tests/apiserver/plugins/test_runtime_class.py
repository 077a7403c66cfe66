"""RuntimeClass."""

from onggi.apiserver.plugins.runtime_class import merged
from onggi.kinds.node.runtimeclass import RUNTIMECLASS
from tests.apiserver.world import ask, pod

PODS = "/api/v1/namespaces/default/pods"


async def runtime_class(cluster, **more):
    await cluster.create(RUNTIMECLASS, {"metadata": {"name": "r"}, "handler": "runc", **more})


async def created(running, **spec):
    return await ask(running, "POST", PODS, pod(runtimeClassName="r", **spec))


async def test_a_class_that_is_not_there_is_refused(running, cluster):
    code, body = await created(running)
    assert code == 403
    assert body["message"] == ('pods "web" is forbidden: pod rejected: RuntimeClass "r" not found')


async def test_a_pod_pays_the_overhead_of_its_class(running, cluster):
    await runtime_class(cluster, overhead={"podFixed": {"cpu": "10m"}})
    code, body = await created(running)
    assert (code, body["spec"]["overhead"]) == (201, {"cpu": "10m"})
    code, body = await created(running, overhead={"cpu": "20m"})
    assert code == 403
    assert body["message"].endswith("Pod's Overhead doesn't match RuntimeClass's defined Overhead")


async def test_an_overhead_of_ones_own_is_refused(running, cluster):
    code, body = await ask(running, "POST", PODS, pod(overhead={"cpu": "20m"}))
    assert code == 403
    assert "Overhead set without corresponding RuntimeClass defined" in body["message"]


async def test_a_pod_goes_where_its_class_is(running, cluster):
    toleration = {"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}
    await runtime_class(
        cluster, scheduling={"nodeSelector": {"a": "b"}, "tolerations": [toleration]}
    )
    _, body = await created(running, nodeSelector={"c": "d"})
    assert body["spec"]["nodeSelector"] == {"a": "b", "c": "d"}
    assert toleration in body["spec"]["tolerations"]
    code, body = await created(running, nodeSelector={"a": "c"})
    assert code == 403
    assert body["message"].endswith(
        "conflict: runtimeClass.scheduling.nodeSelector[a] = b; pod.spec.nodeSelector[a] = c"
    )


def test_of_tolerations_that_say_the_same_the_widest_stay():
    everything = {"operator": "Exists"}
    one = {"key": "a", "operator": "Equal", "value": "b", "effect": "NoExecute"}
    short = one | {"tolerationSeconds": 5}
    assert merged([one, everything]) == [everything]
    assert merged([short, one]) == [one]
    assert merged([one, one]) == [one]
    other = {"key": "c", "operator": "Exists", "effect": "NoSchedule"}
    assert merged([one, other]) == [one, other]
