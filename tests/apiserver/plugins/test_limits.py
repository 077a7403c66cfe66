"""LimitRanger."""

from hypothesis import given
from hypothesis import strategies as st

from onggi.apiserver.plugins.limits import complete, defaults, wrong_with_pod
from onggi.kinds.core.limitrange import LIMITRANGE
from tests.apiserver.world import ask, pod

PODS = "/api/v1/namespaces/default/pods"
CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims"


async def limit(cluster, **item):
    spec = {"limits": [item]}
    meta = {"name": "l", "namespace": "default"}
    await cluster.create(LIMITRANGE, {"metadata": meta, "spec": spec})


async def created(running, **resources):
    body = pod()
    body["spec"]["containers"][0]["resources"] = resources
    body["spec"]["initContainers"] = [{"name": "first", "image": "x", "resources": resources}]
    return await ask(running, "POST", PODS, body)


async def test_a_container_that_says_nothing_gets_the_defaults(running, cluster):
    await limit(
        cluster, type="Container", default={"cpu": "500m"}, defaultRequest={"memory": "1Mi"}
    )
    code, body = await created(running)
    assert code == 201
    expected = {"requests": {"cpu": "500m", "memory": "1Mi"}, "limits": {"cpu": "500m"}}
    assert body["spec"]["containers"][0]["resources"] == expected
    assert body["metadata"]["annotations"]["kubernetes.io/limit-ranger"] == (
        "LimitRanger plugin set: cpu, memory request for container main; "
        "cpu limit for container main; cpu, memory request for init container first; "
        "cpu limit for init container first"
    )


async def test_what_is_out_of_bounds_is_refused(running, cluster):
    await limit(cluster, type="Container", min={"cpu": "100m"}, max={"cpu": "1"})
    code, body = await created(running, requests={"cpu": "50m"}, limits={"cpu": "2"})
    assert code == 403
    assert body["message"] == (
        'pods "web" is forbidden: [minimum cpu usage per Container is 100m, but request is 50m, '
        "maximum cpu usage per Container is 1, but limit is 2]"
    )


async def test_a_pod_is_measured_as_a_whole(running, cluster):
    await limit(cluster, type="Pod", max={"memory": "1Gi"}, maxLimitRequestRatio={"cpu": "2"})
    code, body = await created(running, requests={"cpu": "1"}, limits={"cpu": "3"})
    assert code == 403
    assert body["message"].endswith(
        "[maximum memory usage per Pod is 1Gi.  No limit is specified, "
        "cpu max limit to request ratio per Pod is 2, but provided ratio is 3.000000]"
    )


async def test_a_claim_asks_for_neither_too_much_nor_too_little(running, cluster):
    await limit(
        cluster, type="PersistentVolumeClaim", min={"storage": "1Gi"}, max={"storage": "2Gi"}
    )
    claim = {"metadata": {"name": "c"}, "spec": {"accessModes": ["ReadWriteOnce"]}}
    claim["spec"]["resources"] = {"requests": {"storage": "3Gi"}}
    code, body = await ask(running, "POST", CLAIMS, claim)
    assert code == 403
    assert body["message"].endswith(
        "maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi"
    )


AMOUNTS = st.integers(1, 20).map(lambda n: f"{n}00m")


@given(least=AMOUNTS, most=AMOUNTS)
def test_defaults_within_the_bounds_make_any_silent_pod_acceptable(least, most):
    if int(least[:-1]) > int(most[:-1]):
        least, most = most, least
    item = {"type": "Container", "min": {"cpu": least}, "max": {"cpu": most}}
    limits = {"spec": {"limits": [item]}}
    LIMITRANGE.default(limits)
    body = pod()
    complete(body, defaults(limits))
    assert list(wrong_with_pod(body, limits["spec"]["limits"])) == []
    assert LIMITRANGE.validate(limits) == []
