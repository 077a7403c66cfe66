"""ResourceQuota: refusals in upstream's words, and never more than there is."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from onggi.apiserver.quota.keeper import Keeper
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.pod import POD
from onggi.kinds.core.resourcequota import RESOURCEQUOTA
from onggi.kinds.core.serviceaccount import SERVICEACCOUNT
from tests.apiserver.world import ADMIN, ask, client, config_map, pod, server

PODS = "/api/v1/namespaces/default/pods"
QUOTA = "/api/v1/namespaces/default/resourcequotas/q"


def quota(name="q", scopes=(), **hard):
    spec = {"hard": {key.replace("__", "/").replace("_", "."): v for key, v in hard.items()}}
    if scopes:
        spec["scopes"] = list(scopes)
    return {"metadata": {"name": name, "namespace": "default"}, "spec": spec}


def asking(name, **requests):
    body = pod(name)
    body["spec"]["containers"][0]["resources"] = {"requests": requests, "limits": requests}
    return body


async def settled(running):
    """``status.used`` once everything was written down."""
    keeper = Keeper(running.quotas, client(running), running.app.backend.clock)
    running.quotas.read()
    while running.quotas.changed:
        await keeper._write(running.quotas.changed.pop())
        running.quotas.read()
    return (await ask(running, "GET", QUOTA))[1]["status"]


async def test_the_second_pod_is_one_too_many(running, cluster):
    await cluster.create(RESOURCEQUOTA, quota(pods="1"))
    assert (await ask(running, "POST", PODS, pod("a")))[0] == 201
    code, body = await ask(running, "POST", PODS, pod("b"))
    assert code == 403
    assert body["message"] == (
        'pods "b" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1'
    )
    assert await settled(running) == {"hard": {"pods": "1"}, "used": {"pods": "1"}}
    await ask(running, "DELETE", f"{PODS}/a?gracePeriodSeconds=0")
    assert (await ask(running, "POST", PODS, pod("b")))[0] == 201


async def test_what_a_quota_is_about_must_be_stated(running, cluster):
    await cluster.create(RESOURCEQUOTA, quota(limits_cpu="1", requests_memory="1Gi"))
    code, body = await ask(running, "POST", PODS, pod("a"))
    assert code == 403
    assert body["message"].endswith(
        "failed quota: q: must specify limits.cpu for: main; requests.memory for: main"
    )
    assert (await ask(running, "POST", PODS, asking("a", cpu="500m", memory="1Gi")))[0] == 201
    code, body = await ask(running, "POST", PODS, asking("b", cpu="1", memory="1Mi"))
    assert body["message"].endswith(
        "exceeded quota: q, requested: limits.cpu=1,requests.memory=1Mi, "
        "used: limits.cpu=500m,requests.memory=1Gi, limited: limits.cpu=1,requests.memory=1Gi"
    )


async def test_a_dry_run_takes_nothing(running, cluster):
    await cluster.create(RESOURCEQUOTA, quota(count__configmaps="1"))
    url = "/api/v1/namespaces/default/configmaps"
    for _ in range(2):
        assert (await ask(running, "POST", f"{url}?dryRun=All", config_map()))[0] == 201
    assert (await ask(running, "POST", url, config_map()))[0] == 201
    assert (await ask(running, "POST", f"{url}?dryRun=All", config_map("two")))[0] == 403


async def test_a_refused_write_gives_back_what_it_got(running, cluster):
    await cluster.create(RESOURCEQUOTA, quota(count__configmaps="2"))
    url = "/api/v1/namespaces/default/configmaps"
    assert (await ask(running, "POST", url, config_map()))[0] == 201
    for _ in range(3):
        assert (await ask(running, "POST", url, config_map()))[0] == 409
    assert (await ask(running, "POST", url, config_map("two")))[0] == 201
    assert (await settled(running))["used"] == {"count/configmaps": "2"}


async def test_a_service_may_not_grow_beyond_its_quota(running, cluster):
    await cluster.create(RESOURCEQUOTA, quota(services_nodeports="1", services="2"))
    url = "/api/v1/namespaces/default/services"
    body = {"metadata": {"name": "s"}, "spec": {"type": "NodePort", "ports": [{"port": 80}]}}
    assert (await ask(running, "POST", url, body))[0] == 201
    patch = {"spec": {"ports": [{"port": 80, "name": "a"}, {"port": 81, "name": "b"}]}}
    code, answer = await ask(
        running, "PATCH", f"{url}/s", patch, content_type="application/merge-patch+json"
    )
    assert code == 403
    assert "requested: services.nodeports=1, used: services.nodeports=1" in answer["message"]
    # the service "kubernetes" is there as well
    assert (await settled(running))["used"] == {"services": "2", "services.nodeports": "1"}


async def test_pods_that_ended_count_no_more(running, cluster):
    await cluster.create(RESOURCEQUOTA, quota(pods="1", count__pods="9"))
    await cluster.create(POD, pod("a"))
    done = {"status": {"phase": "Succeeded"}}
    kind = {"content_type": "application/merge-patch+json"}
    assert (await ask(running, "PATCH", f"{PODS}/a/status", done, **kind))[0] == 200
    assert (await settled(running))["used"] == {"pods": "0", "count/pods": "1"}
    assert (await ask(running, "POST", PODS, pod("b")))[0] == 201


async def test_a_scoped_quota_is_about_some_pods_only(running, cluster):
    await cluster.create(RESOURCEQUOTA, quota(scopes=["BestEffort"], pods="1"))
    assert (await ask(running, "POST", PODS, asking("a", cpu="1")))[0] == 201
    assert (await ask(running, "POST", PODS, pod("b")))[0] == 201
    assert (await ask(running, "POST", PODS, pod("c")))[0] == 403
    assert (await settled(running))["used"] == {"pods": "1"}


async def test_a_changed_quota_counts_anew(running, cluster):
    made = await cluster.create(RESOURCEQUOTA, quota(pods="1"))
    await cluster.create(POD, pod("a"))
    spec = {"hard": {"pods": "2", "count/pods": "5"}}
    await cluster.update(RESOURCEQUOTA, {**made, "spec": spec})
    assert (await settled(running))["used"] == {"pods": "1", "count/pods": "1"}
    assert (await ask(running, "POST", PODS, pod("b")))[0] == 201
    assert (await ask(running, "POST", PODS, pod("c")))[0] == 403


STEPS = st.lists(
    st.tuples(st.sampled_from("cccd"), st.integers(0, 5), st.booleans()), min_size=1, max_size=24
)


@settings(max_examples=40, deadline=None)
@given(steps=STEPS, limit=st.integers(0, 4))
def test_no_interleaving_gets_more_than_there_is_and_the_sum_is_exact(steps, limit):
    """Creates and deletes under way at the same time, some given up halfway."""
    asyncio.run(interleaved(steps, limit))


async def interleaved(steps, limit):
    running = server()
    await running.start()
    cluster = client(running, ADMIN)
    await cluster.create(SERVICEACCOUNT, {"metadata": {"name": "default", "namespace": "default"}})
    await cluster.create(RESOURCEQUOTA, quota(count__configmaps=str(limit)))
    most, tasks = 0, []
    url = "/api/v1/namespaces/default/configmaps"
    for what, number, waits in steps:
        if what == "c":
            call = ask(running, "POST", url, config_map(f"c{number}"))
        else:
            call = ask(running, "DELETE", f"{url}/c{number}")
        tasks.append(asyncio.ensure_future(call))
        if waits:
            await asyncio.sleep(0)
            if number == 5:
                tasks[-1].cancel()
        most = max(most, len(running.app.backend.store.list("configmaps", "default")))
    results = await asyncio.gather(*tasks, return_exceptions=True)
    made = len(running.app.backend.store.list("configmaps", "default"))
    assert max(most, made) <= limit
    assert (await settled(running))["used"] == {"count/configmaps": str(made)}
    errors = [r for r in results if isinstance(r, Exception)]
    assert errors == []


async def test_what_is_free_is_given(running, cluster):
    """As many writes at the same time as there is room for: all of them are done."""
    await cluster.create(RESOURCEQUOTA, quota(count__configmaps="20"))
    made = [cluster.create(CONFIGMAP, config_map(f"c{n}")) for n in range(25)]
    results = await asyncio.gather(*made, return_exceptions=True)
    assert sum(not isinstance(r, Exception) for r in results) == 20
