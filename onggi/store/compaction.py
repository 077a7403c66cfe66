"""History is kept for five minutes, as upstream's API server has etcd do it.

A watch that was cut off can go on within that time; the file and the memory stay small.
"""

import asyncio

from onggi.store.store import Store

EVERY = 300.0  # seconds


async def keep_compacted(store: Store, every: float = EVERY) -> None:
    """Runs until cancelled. A store that was not written to is not touched."""
    seen = store.revision
    while True:
        await asyncio.sleep(every)
        if seen > store.compacted:
            await store.compact(seen)
        seen = store.revision
