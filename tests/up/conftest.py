"""A control plane in memory, on a free port of loopback."""

from contextlib import asynccontextmanager

import pytest

from onggi.api.http import User
from onggi.config import Config
from onggi.store.memory import MemoryStore
from onggi.up.control_plane import api_server

ADMIN = User("kubernetes-admin", ("system:masters", "system:authenticated"))


@pytest.fixture
def config(tmp_path):
    return Config(data=tmp_path, node=False, node_name="n1", api_port=0)


@pytest.fixture
def plane(config):
    """``async with plane() as …`` serves inside the block."""

    @asynccontextmanager
    async def served():
        store = MemoryStore()
        async with api_server(config, store) as running:
            yield running
        await store.close()

    return served
