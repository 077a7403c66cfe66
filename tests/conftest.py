"""What every test needs."""

import asyncio


def pytest_configure() -> None:
    """Without this, looptime makes a loop for each test that has none, and nobody closes it."""
    asyncio.set_event_loop(None)
