"""A definition read as kinds."""

from typing import Any

from onggi.api.crd import bare, kinds_in, kinds_of
from onggi.client.fake import FakeCluster
from tests.apiserver.crds import crontab, definition, version


def test_each_served_version_is_a_kind() -> None:
    versions = version(), version("v2", storage=False), version("v3", storage=False, served=False)
    kinds = kinds_in(definition(*versions))
    assert [kind.api_version for kind in kinds] == ["example.com/v1", "example.com/v2"]
    assert [kind.resource for kind in kinds] == ["crontabs.example.com"] * 2
    assert [kind.list_name for kind in kinds] == ["CronTabList"] * 2
    assert [kind.short for kind in kinds] == [("ct",)] * 2


def test_what_is_not_established_has_none() -> None:
    assert kinds_of(definition()) == ()


def test_a_scale_is_where_the_paths_lead() -> None:
    paths = {"specReplicasPath": ".spec.a.b", "statusReplicasPath": ".status.n"}
    (kind,) = kinds_in(definition(version(subresources={"scale": paths})))
    assert kind.scale
    assert (kind.scale.spec, kind.scale.status, kind.scale.selector) == ("spec.a.b", "status.n", "")
    assert kind.status is False


def test_only_an_object_of_another_schema_is_read_twice() -> None:
    (never_changed,) = kinds_in(definition())
    assert never_changed.stored is None
    stored, other = kinds_in(definition(version(), version("v2", storage=False)))
    assert stored.stored is None
    assert other.stored
    old: Any = {**crontab(), "metadata": {"name": "one"}}
    assert other.stored.back(old)["apiVersion"] == "example.com/v2"
    assert other.stored.back(old)["spec"]["image"] == "nginx"


async def test_a_client_may_use_its_kinds() -> None:
    (kind,) = kinds_in(definition())
    cluster = FakeCluster()
    made = crontab()
    made["metadata"]["namespace"] = "default"
    await cluster.create(bare(kind), made)
    found = await cluster.get(bare(kind), "default", "one")
    assert found["spec"]["cron"] == "* * * * *"


def test_a_definition_that_goes_is_served_until_its_objects_have_gone() -> None:
    unserved = definition(version(served=False))
    assert kinds_in(unserved) == ()
    unserved["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    (kind,) = kinds_in(unserved)
    assert "create" not in kind.verbs
    assert {"list", "delete"} <= set(kind.verbs)
