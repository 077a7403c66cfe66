"""What every Store must do, whatever keeps it. ``tests/store`` runs it for each."""

import asyncio

import msgspec
import pytest

from onggi.store.store import Compacted, Exists, Key, Missing, Stale, Store

A = Key("pods", "a", "one")


def pod(name="one", **spec):
    return {"kind": "Pod", "metadata": {"name": name, "namespace": "a"}, "spec": spec}


async def drain(watch):
    return [(c.type, c.new.key.name) for c in await watch.next(0)]


class StoreSuite:
    """A subclass has a fixture ``store``, which starts empty."""

    async def test_a_new_store_is_empty(self, store: Store):
        assert store.get(A) is None
        assert list(store.list("pods")) == []

    async def test_what_is_created_can_be_read(self, store: Store):
        made = await store.create(A, pod(x=1))
        assert store.get(A) is made
        assert made.revision == store.revision
        body = msgspec.json.decode(made.data)
        assert body["metadata"]["resourceVersion"] == str(made.revision)
        assert body["spec"] == {"x": 1}
        assert made.object == body

    async def test_the_writers_object_is_left_alone(self, store: Store):
        mine = pod()
        await store.create(A, mine)
        assert "resourceVersion" not in mine["metadata"]

    async def test_a_key_is_created_once(self, store: Store):
        await store.create(A, pod())
        with pytest.raises(Exists):
            await store.create(A, pod())

    async def test_an_update_needs_the_present_revision(self, store: Store):
        first = await store.create(A, pod())
        second = await store.update(A, pod(x=2), revision=first.revision)
        assert second.revision > first.revision
        with pytest.raises(Stale):
            await store.update(A, pod(x=3), revision=first.revision)
        assert store.get(A) is second

    async def test_what_is_not_there_cannot_be_changed(self, store: Store):
        with pytest.raises(Missing):
            await store.update(A, pod(), revision=1)
        with pytest.raises(Missing):
            await store.delete(A)

    async def test_a_deletion_returns_the_last_version_at_a_new_revision(self, store: Store):
        made = await store.create(A, pod(x=1))
        with pytest.raises(Stale):
            await store.delete(A, revision=made.revision + 5)
        gone = await store.delete(A, revision=made.revision)
        assert gone.object["spec"] == {"x": 1}
        assert gone.object["metadata"]["resourceVersion"] == str(gone.revision)
        assert gone.revision > made.revision
        assert store.get(A) is None

    async def test_a_refused_write_uses_no_revision(self, store: Store):
        await store.create(A, pod())
        before = store.revision
        with pytest.raises(Exists):
            await store.create(A, pod())
        assert store.revision == before

    async def test_writes_of_one_group_are_decided_in_order(self, store: Store):
        results = await asyncio.gather(
            store.create(A, pod()),
            store.create(A, pod()),
            store.delete(A),
            store.create(A, pod(x=1)),
            return_exceptions=True,
        )
        assert [type(r).__name__ for r in results] == ["Record", "Exists", "Record", "Record"]
        assert store.get(A).object["spec"] == {"x": 1}

    async def test_lists_are_in_order_of_namespace_and_name(self, store: Store):
        for namespace, name in [("b", "x"), ("a", "z"), ("a", "y"), ("", "cluster")]:
            await store.create(Key("pods", namespace, name), pod(name))
        assert [r.key[1:] for r in store.list("pods")] == [
            ("", "cluster"),
            ("a", "y"),
            ("a", "z"),
            ("b", "x"),
        ]
        assert [r.key.name for r in store.list("pods", "a")] == ["y", "z"]
        assert [r.key.name for r in store.list("pods", after=("a", "y"))] == ["z", "x"]

    async def test_resources_do_not_mix(self, store: Store):
        await store.create(A, pod())
        await store.create(Key("pods.metrics.k8s.io", "a", "one"), pod())
        assert len(store.list("pods")) == 1

    async def test_a_list_can_be_had_as_it_was(self, store: Store):
        one = await store.create(A, pod(x=1))
        await store.create(A._replace(name="two"), pod("two"))
        then = store.revision
        await store.update(A, pod(x=2), revision=one.revision)
        await store.delete(A._replace(name="two"))
        await store.create(A._replace(name="three"), pod("three"))
        old = store.list("pods", at=then)
        assert [(r.key.name, r.object["spec"]) for r in old] == [("one", {"x": 1}), ("two", {})]
        assert store.list("pods", "a", at=then) == old
        assert [r.key.name for r in store.list("pods")] == ["one", "three"]

    async def test_a_watch_shows_every_change_once_in_order(self, store: Store):
        watch = store.watch("pods", since=store.revision)
        made = await store.create(A, pod())
        await store.update(A, pod(x=1), revision=made.revision)
        await store.delete(A)
        assert await drain(watch) == [("ADDED", "one"), ("MODIFIED", "one"), ("DELETED", "one")]
        assert await drain(watch) == []

    async def test_a_watch_can_start_in_the_past(self, store: Store):
        await store.create(A, pod())
        then = store.revision
        await store.create(A._replace(name="two"), pod("two"))
        assert await drain(store.watch("pods", since=then)) == [("ADDED", "two")]

    async def test_a_change_carries_the_version_before(self, store: Store):
        watch = store.watch("pods", since=store.revision)
        made = await store.create(A, pod())
        later = await store.update(A, pod(x=1), revision=made.revision)
        first, second = await watch.next()
        assert (first.old, second.old, second.new) == (None, made, later)

    async def test_a_watch_of_one_namespace_sees_only_that(self, store: Store):
        watch = store.watch("pods", "b", since=store.revision)
        await store.create(A, pod())
        await store.create(Key("pods", "b", "two"), pod("two"))
        assert await drain(watch) == [("ADDED", "two")]

    async def test_a_waiting_watch_wakes(self, store: Store):
        watch = store.watch("pods", "a", since=store.revision)
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(watch.next())
            await asyncio.sleep(0)
            await store.create(Key("pods", "b", "other"), pod())
            await store.create(A, pod())
        assert [c.new.key for c in waiting.result()] == [A]

    async def test_a_watch_gives_up_in_time_and_knows_how_far_it_is(self, store: Store):
        watch = store.watch("pods", since=store.revision)
        await store.create(Key("nodes", "", "n"), pod("n"))
        assert list(await watch.next(0.001)) == []
        assert watch.revision == store.revision
        await store.create(A, pod())
        assert watch.revision == store.revision - 1
        await watch.next()
        assert watch.revision == store.revision

    async def test_compaction_forgets_the_past_and_keeps_the_present(self, store: Store):
        made = await store.create(A, pod())
        behind = store.watch("pods", since=made.revision)
        await store.update(A, pod(x=1), revision=made.revision)
        await store.compact(store.revision)
        assert store.compacted == store.revision
        for old in (made.revision, 0):
            with pytest.raises(Compacted):
                store.watch("pods", since=old)
        with pytest.raises(Compacted):
            store.list("pods", at=made.revision)
        with pytest.raises(Compacted):
            await behind.next()
        assert store.get(A).object["spec"] == {"x": 1}
        assert await drain(store.watch("pods", since=store.revision)) == []

    async def test_a_watch_that_waits_survives_the_compaction_of_what_was_not_for_it(
        self, store: Store
    ):
        watch = store.watch("pods", "b", since=store.revision)
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(watch.next())
            await asyncio.sleep(0)
            await store.create(A, pod())
            await store.compact(store.revision)
            await store.create(Key("pods", "b", "mine"), pod("mine"))
        assert [c.new.key.name for c in waiting.result()] == ["mine"]

    async def test_closing_ends_the_watches_and_refuses_writes(self, store: Store):
        watch = store.watch("pods", since=store.revision)
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(watch.next())
            await asyncio.sleep(0)
            await store.close()
        assert list(waiting.result()) == []
        assert store.closed
        with pytest.raises(RuntimeError):
            await store.create(A, pod())

    async def test_a_cancelled_writer_does_not_hold_up_the_others(self, store: Store):
        async with asyncio.TaskGroup() as group:
            lost = group.create_task(store.create(A, pod()))
            kept = group.create_task(store.create(A._replace(name="two"), pod("two")))
            await asyncio.sleep(0)
            lost.cancel()
        assert kept.result().key.name == "two"
        assert store.get(A) is not None
