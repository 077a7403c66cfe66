import asyncio

import pytest

from onggi.store.compaction import keep_compacted
from onggi.store.memory import MemoryStore
from tests.suites.store import A, pod


@pytest.mark.looptime
async def test_history_is_kept_for_one_period_and_then_forgotten():
    store = MemoryStore()
    async with asyncio.TaskGroup() as group:
        keeper = group.create_task(keep_compacted(store, every=300))
        await asyncio.sleep(1)
        made = await store.create(A, pod())
        await asyncio.sleep(300)
        assert store.compacted == 0
        await asyncio.sleep(300)
        assert store.compacted == made.revision
        keeper.cancel()
