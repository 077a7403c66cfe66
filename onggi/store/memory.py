"""A store that forgets when the process ends: for tests, and for the pytest plugin."""

from collections.abc import Callable, Sequence

from onggi.store.grouped import GroupedStore
from onggi.store.state import State
from onggi.store.store import Change


class Nowhere:
    """A journal that is done at once."""

    def append(self, changes: Sequence[Change], done: Callable[[Exception | None], None]) -> None:
        done(None)

    async def compact(self, revision: int, dead: Sequence[int]) -> None:
        pass

    async def close(self) -> None:
        pass


class MemoryStore(GroupedStore):
    def __init__(self) -> None:
        super().__init__(State(), Nowhere())
