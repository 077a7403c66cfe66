import pytest

from onggi.store.memory import MemoryStore
from tests.suites.store import StoreSuite


class TestMemoryStore(StoreSuite):
    @pytest.fixture
    async def store(self):
        return MemoryStore()
