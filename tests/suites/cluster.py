"""What every Cluster must do: in process, over HTTPS, or the fake that stands in for both.

A subclass has a fixture ``cluster``: a superuser's, with the namespace ``default``, which
starts without ConfigMaps, Deployments and Pods. Nothing else runs: no controllers.
"""

import asyncio
from contextlib import aclosing

import pytest

from onggi.api.errors import AlreadyExists, Conflict, NotFound, StatusError
from onggi.client.cluster import JSON_PATCH, STRATEGIC, Cluster, Selection, reference
from onggi.kinds.apps.deployment import DEPLOYMENT
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.node import NODE

HERE = "default"


def config_map(name="one", **meta):
    return {"metadata": {"namespace": HERE, "name": name, **meta}, "data": {"key": "value"}}


def deployment(name="web"):
    labels = {"app": name}
    container = {"name": "main", "image": "example.com/app:1"}
    return {
        "metadata": {"namespace": HERE, "name": name},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }


async def take(stream, count):
    """The next events that are no bookmarks."""
    found = []
    async with asyncio.timeout(10):
        async for event in stream:
            if event.type != "BOOKMARK":
                found.append(event)
            if len(found) == count:
                return found
    return found


def shown(events):
    return [(event.type, event.object["metadata"]["name"]) for event in events]


class ClusterSuite:
    async def test_what_is_created_can_be_read(self, cluster: Cluster):
        made = await cluster.create(CONFIGMAP, config_map())
        assert made["metadata"]["uid"]
        assert made["metadata"]["resourceVersion"]
        assert made["metadata"]["creationTimestamp"]
        assert await cluster.get(CONFIGMAP, HERE, "one") == made

    async def test_the_callers_object_is_left_alone(self, cluster: Cluster):
        mine = config_map()
        await cluster.create(CONFIGMAP, mine)
        assert mine == config_map()

    async def test_a_name_is_taken_once(self, cluster: Cluster):
        await cluster.create(CONFIGMAP, config_map())
        with pytest.raises(AlreadyExists):
            await cluster.create(CONFIGMAP, config_map())

    async def test_what_is_not_there_is_not_found(self, cluster: Cluster):
        with pytest.raises(NotFound) as refused:
            await cluster.get(CONFIGMAP, HERE, "none")
        assert refused.value.message == 'configmaps "none" not found'
        with pytest.raises(NotFound):
            await cluster.delete(CONFIGMAP, reference(HERE, "none"))
        with pytest.raises(NotFound):
            await cluster.patch(CONFIGMAP, reference(HERE, "none"), {"data": {}})

    async def test_a_generated_name_starts_as_wished(self, cluster: Cluster):
        wished = {"metadata": {"namespace": HERE, "generateName": "many-"}}
        names = {(await cluster.create(CONFIGMAP, wished))["metadata"]["name"] for _ in range(5)}
        assert len(names) == 5
        assert all(name.startswith("many-") and len(name) == 10 for name in names)

    async def test_a_list_shows_a_namespace_or_all(self, cluster: Cluster):
        await cluster.create(NAMESPACE, {"metadata": {"name": "other"}})
        await cluster.create(CONFIGMAP, config_map("b"))
        await cluster.create(CONFIGMAP, config_map("a"))
        elsewhere = config_map("c")
        elsewhere["metadata"]["namespace"] = "other"
        await cluster.create(CONFIGMAP, elsewhere)
        here = await cluster.list(CONFIGMAP, Selection(namespace=HERE))
        assert [item["metadata"]["name"] for item in here.items] == ["a", "b"]
        everywhere = await cluster.list(CONFIGMAP)
        found = [item["metadata"] for item in everywhere.items]
        mine = [meta["name"] for meta in found if meta["namespace"] in (HERE, "other")]
        assert mine == ["a", "b", "c"]
        assert int(everywhere.resource_version) >= 3

    async def test_selectors_choose_by_labels_and_fields(self, cluster: Cluster):
        await cluster.create(CONFIGMAP, config_map("a", labels={"tier": "web"}))
        await cluster.create(CONFIGMAP, config_map("b", labels={"tier": "db"}))
        web = await cluster.list(CONFIGMAP, Selection(labels="tier in (web)"))
        assert [item["metadata"]["name"] for item in web.items] == ["a"]
        named = await cluster.list(CONFIGMAP, Selection(fields="metadata.name=b"))
        assert [item["metadata"]["name"] for item in named.items] == ["b"]

    async def test_an_update_from_an_old_version_is_a_conflict(self, cluster: Cluster):
        first = await cluster.create(CONFIGMAP, config_map())
        await cluster.update(CONFIGMAP, {**first, "data": {"key": "second"}})
        with pytest.raises(Conflict):
            await cluster.update(CONFIGMAP, {**first, "data": {"key": "third"}})
        present = await cluster.get(CONFIGMAP, HERE, "one")
        assert present["data"] == {"key": "second"}

    async def test_an_update_that_changes_nothing_keeps_the_version(self, cluster: Cluster):
        made = await cluster.create(CONFIGMAP, config_map())
        same = await cluster.update(CONFIGMAP, made)
        assert same["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]

    async def test_a_merge_patch_adds_and_removes(self, cluster: Cluster):
        await cluster.create(CONFIGMAP, config_map())
        target = reference(HERE, "one")
        patched = await cluster.patch(CONFIGMAP, target, {"data": {"key": None, "new": "1"}})
        assert patched["data"] == {"new": "1"}

    async def test_a_patch_may_insist_on_a_version(self, cluster: Cluster):
        made = await cluster.create(CONFIGMAP, config_map())
        await cluster.patch(CONFIGMAP, made, {"data": {"key": "2"}})
        stale = {"metadata": {"resourceVersion": made["metadata"]["resourceVersion"]}}
        with pytest.raises(Conflict):
            await cluster.patch(CONFIGMAP, made, stale | {"data": {"key": "3"}})

    async def test_a_json_patch_tests_and_replaces(self, cluster: Cluster):
        made = await cluster.create(CONFIGMAP, config_map())
        change = [
            {"op": "test", "path": "/data/key", "value": "value"},
            {"op": "replace", "path": "/data/key", "value": "changed"},
        ]
        patched = await cluster.patch(CONFIGMAP, made, change, type=JSON_PATCH)
        assert patched["data"] == {"key": "changed"}
        with pytest.raises(StatusError):
            await cluster.patch(CONFIGMAP, made, change, type=JSON_PATCH)

    async def test_the_status_is_written_apart(self, cluster: Cluster):
        made = await cluster.create(DEPLOYMENT, deployment())
        status = {"status": {"replicas": 2, "observedGeneration": 1}}
        await cluster.patch(DEPLOYMENT, made, status, subresource="status")
        await cluster.patch(DEPLOYMENT, made, {"status": {"replicas": 9}, "spec": {"replicas": 3}})
        present = await cluster.get(DEPLOYMENT, HERE, "web")
        assert present["status"]["replicas"] == 2
        assert present["spec"]["replicas"] == 3

    async def test_a_new_spec_is_a_new_generation(self, cluster: Cluster):
        made = await cluster.create(DEPLOYMENT, deployment())
        assert made["metadata"]["generation"] == 1
        scaled = await cluster.patch(DEPLOYMENT, made, {"spec": {"replicas": 5}})
        assert scaled["metadata"]["generation"] == 2
        status = {"status": {"replicas": 5}}
        same = await cluster.patch(DEPLOYMENT, made, status, subresource="status")
        assert same["metadata"]["generation"] == 2

    async def test_what_is_deleted_is_gone(self, cluster: Cluster):
        made = await cluster.create(CONFIGMAP, config_map())
        await cluster.delete(CONFIGMAP, made)
        with pytest.raises(NotFound):
            await cluster.get(CONFIGMAP, HERE, "one")

    async def test_a_deletion_may_insist_on_an_object(self, cluster: Cluster):
        made = await cluster.create(CONFIGMAP, config_map())
        with pytest.raises(Conflict):
            await cluster.delete(CONFIGMAP, made, {"preconditions": {"uid": "another"}})
        await cluster.delete(CONFIGMAP, made, {"preconditions": {"uid": made["metadata"]["uid"]}})

    async def test_a_finalizer_holds_an_object_until_it_is_taken_off(self, cluster: Cluster):
        made = await cluster.create(CONFIGMAP, config_map(finalizers=["example.com/hold"]))
        await cluster.delete(CONFIGMAP, made)
        held = await cluster.get(CONFIGMAP, HERE, "one")
        assert held["metadata"]["deletionTimestamp"]
        await cluster.patch(CONFIGMAP, held, {"metadata": {"finalizers": None}})
        with pytest.raises(NotFound):
            await cluster.get(CONFIGMAP, HERE, "one")

    async def test_orphaning_leaves_a_finalizer_for_the_collector(self, cluster: Cluster):
        made = await cluster.create(DEPLOYMENT, deployment())
        await cluster.delete(DEPLOYMENT, made, {"propagationPolicy": "Orphan"})
        held = await cluster.get(DEPLOYMENT, HERE, "web")
        assert held["metadata"]["finalizers"] == ["orphan"]

    async def test_a_namespace_terminates_until_it_is_finalized(self, cluster: Cluster):
        made = await cluster.create(NAMESPACE, {"metadata": {"name": "short"}})
        await cluster.delete(NAMESPACE, made)
        going = await cluster.get(NAMESPACE, "", "short")
        assert going["status"]["phase"] == "Terminating"
        final = {**going, "spec": {"finalizers": []}}
        await cluster.update(NAMESPACE, final, subresource="finalize")
        with pytest.raises(NotFound):
            await cluster.get(NAMESPACE, "", "short")

    async def test_a_cluster_scoped_object_has_no_namespace(self, cluster: Cluster):
        made = await cluster.create(NODE, {"metadata": {"name": "n1"}})
        assert "namespace" not in made["metadata"]
        assert (await cluster.get(NODE, "", "n1")) == made

    async def test_a_watch_without_a_start_begins_with_what_is_there(self, cluster: Cluster):
        await cluster.create(CONFIGMAP, config_map("a"))
        async with aclosing(cluster.watch(CONFIGMAP, Selection(namespace=HERE))) as stream:
            assert shown(await take(stream, 1)) == [("ADDED", "a")]
            await cluster.create(CONFIGMAP, config_map("b"))
            assert shown(await take(stream, 1)) == [("ADDED", "b")]

    async def test_a_watch_goes_on_where_a_list_ended(self, cluster: Cluster):
        await cluster.create(CONFIGMAP, config_map("a"))
        listed = await cluster.list(CONFIGMAP)
        made = await cluster.create(CONFIGMAP, config_map("b"))
        await cluster.patch(CONFIGMAP, made, {"data": {"key": "2"}})
        await cluster.delete(CONFIGMAP, made)
        since = listed.resource_version
        async with aclosing(cluster.watch(CONFIGMAP, since=since)) as stream:
            events = await take(stream, 3)
        assert shown(events) == [("ADDED", "b"), ("MODIFIED", "b"), ("DELETED", "b")]
        versions = [int(event.object["metadata"]["resourceVersion"]) for event in events]
        assert versions == sorted(versions)
        assert versions[0] > int(since)

    async def test_a_selector_decides_what_a_change_is(self, cluster: Cluster):
        listed = await cluster.list(CONFIGMAP)
        made = await cluster.create(CONFIGMAP, config_map("a"))
        for value in ("yes", "yes", "no"):
            labels = {"metadata": {"labels": {"mine": value}}, "data": {"key": f"{value}!"}}
            await cluster.patch(CONFIGMAP, made, labels)
        await cluster.patch(CONFIGMAP, made, {"metadata": {"labels": {"mine": "yes"}}})
        await cluster.delete(CONFIGMAP, made)
        mine = Selection(labels="mine=yes")
        async with aclosing(
            cluster.watch(CONFIGMAP, mine, since=listed.resource_version)
        ) as stream:
            types = [event.type for event in await take(stream, 4)]
        assert types == ["ADDED", "DELETED", "ADDED", "DELETED"]

    async def test_a_strategic_patch_merges_lists_by_key(self, cluster: Cluster):
        made = await cluster.create(DEPLOYMENT, deployment())
        containers = [{"name": "side", "image": "example.com/side:1"}]
        change = {"spec": {"template": {"spec": {"containers": containers}}}}
        patched = await cluster.patch(DEPLOYMENT, made, change, type=STRATEGIC)
        names = [c["name"] for c in patched["spec"]["template"]["spec"]["containers"]]
        assert sorted(names) == ["main", "side"]
