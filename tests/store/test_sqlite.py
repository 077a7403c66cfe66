"""What only the file on disk can promise: it survives, it is private, it stays small."""

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onggi.store.sqlite import SqliteStore
from onggi.store.store import Corrupt, Key, Unwritable
from tests.suites.store import A, StoreSuite, drain, pod


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "onggi.db"


class TestSqliteStore(StoreSuite):
    @pytest.fixture
    async def store(self, path):
        store = SqliteStore.open(path)
        yield store
        if not store.closed:
            await store.close()


async def test_everything_is_there_after_a_restart(path):
    store = SqliteStore.open(path)
    made = await store.create(A, pod(x=1))
    await store.update(A, pod(x=2), revision=made.revision)
    await store.create(A._replace(name="two"), pod("two"))
    await store.delete(A._replace(name="two"))
    last = store.revision
    await store.close()

    again = SqliteStore.open(path)
    assert again.revision == last
    assert again.get(A).object["spec"] == {"x": 2}
    assert await drain(again.watch("pods", since=made.revision)) == [
        ("MODIFIED", "one"),
        ("ADDED", "two"),
        ("DELETED", "two"),
    ]
    await again.close()


async def test_revisions_never_go_back(path):
    store = SqliteStore.open(path)
    await store.create(A, pod())
    last = (await store.delete(A)).revision
    await store.compact(last)
    await store.close()
    again = SqliteStore.open(path)
    assert (again.revision, again.compacted) == (last, last)
    assert (await again.create(A, pod())).revision == last + 1
    await again.close()


async def test_the_file_is_private_and_stays_small(path):
    store = SqliteStore.open(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    record = await store.create(A, pod(text="x" * 10_000))
    for number in range(300):
        record = await store.update(A, pod(text="x" * 10_000, n=number), revision=record.revision)
    await store.compact(store.revision)
    await store.compact(store.revision)
    await store.close()
    assert sum(f.stat().st_size for f in path.parent.iterdir()) < 100_000
    assert SqliteStore.open(path).get(A).object["spec"]["n"] == 299


async def test_a_second_process_is_told_who_has_the_file(path):
    store = SqliteStore.open(path)
    await store.create(A, pod())
    with pytest.raises(Corrupt, match="in use by another Onggi"):
        SqliteStore.open(path)
    await store.close()


@pytest.mark.parametrize("content", [b"not a database at all" * 100])
def test_a_damaged_file_is_named_and_left_alone(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(Corrupt, match="is damaged"):
        SqliteStore.open(path)
    assert path.read_bytes() == content


def test_the_file_of_another_version_is_refused(path):
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(Corrupt, match="another version"):
        SqliteStore.open(path)


async def test_a_full_disk_refuses_the_write_and_keeps_the_rest(path):
    store = SqliteStore.open(path)
    await store.create(A, pod())
    pages = store._journal._db.execute("PRAGMA page_count").fetchone()[0]
    store._journal._db.execute(f"PRAGMA max_page_count = {pages + 2}")
    big = Key("pods", "a", "big")
    with pytest.raises(Unwritable, match="Make room"):
        await store.create(big, pod("big", text="x" * 100_000))
    assert store.get(big) is None
    store._journal._db.execute("PRAGMA max_page_count = 1000000")
    await store.create(big, pod("big", text="x" * 100_000))
    await store.close()
    assert SqliteStore.open(path).get(big) is not None


WRITER = """
import asyncio, sys
from pathlib import Path
from onggi.store.sqlite import SqliteStore
from onggi.store.store import Key

async def write(store, worker):
    n = 0
    while True:
        n += 1
        await store.create(Key("configmaps", f"w{worker}", f"{n:06}"), {"metadata": {}, "n": n})
        sys.stdout.write(f"{worker} {n}\\n")
        sys.stdout.flush()

async def main():
    store = SqliteStore.open(Path(sys.argv[1]))
    await asyncio.gather(*(write(store, worker) for worker in range(16)))

asyncio.run(main())
"""


def write_until_killed(path: Path, lines: int) -> dict[str, int]:
    """What each writer had been told was durable when the process was killed."""
    told: dict[str, int] = {}
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
    with child:
        for _ in range(lines):
            worker, _, number = child.stdout.readline().decode().partition(" ")
            told[worker] = int(number)
        os.kill(child.pid, signal.SIGKILL)
        for line in child.stdout.read().decode().splitlines(keepends=True):
            worker, _, number = line.partition(" ")
            if line.endswith("\n"):
                told[worker] = int(number)
    return told


@pytest.mark.slow
@pytest.mark.parametrize("round_", range(8))
async def test_a_kill_loses_nothing_that_was_acknowledged(path, round_):
    told = write_until_killed(path, 37 + 211 * round_)
    store = SqliteStore.open(path)
    for worker, last in told.items():
        names = [r.key.name for r in store.list("configmaps", f"w{worker}")]
        assert names[:last] == [f"{n:06}" for n in range(1, last + 1)]
    await store.close()


steps = st.lists(
    st.tuples(
        st.sampled_from(["create", "update", "delete", "compact", "reopen"]),
        st.sampled_from(["a", "b", "c"]),
        st.integers(0, 9),
    ),
    max_size=40,
)


@settings(max_examples=30, deadline=None)
@given(steps)
def test_any_history_replays_to_the_same_state(tmp_path_factory, steps):
    asyncio.run(live(tmp_path_factory.mktemp("db") / "onggi.db", steps))


async def live(path, steps):
    store, model = SqliteStore.open(path), {}
    for verb, name, value in steps:
        key = Key("pods", "n", name)
        match verb:
            case "create" if name not in model:
                await store.create(key, pod(name, v=value))
                model[name] = value
            case "update" if name in model:
                await store.update(key, pod(name, v=value), revision=store.get(key).revision)
                model[name] = value
            case "delete" if name in model:
                await store.delete(key)
                del model[name]
            case "compact":
                await store.compact(store.revision - value)
            case "reopen":
                before = store.revision
                await store.close()
                store = SqliteStore.open(path)
                assert store.revision == before
        assert {r.key.name: r.object["spec"]["v"] for r in store.list("pods")} == model
    await store.close()
