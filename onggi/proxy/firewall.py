"""The table in the kernel, kept equal to the ledger.

The first ``apply`` replaces whatever an earlier run left, in one transaction, so that
traffic never meets half a table. After that only differences are sent. A refusal (somebody
deleted our table) is answered by replacing the whole once more.
"""

import asyncio
import logging
from collections.abc import Hashable

from onggi.proxy.ledger import Changes, Ledger, Part, merged
from onggi.proxy.nftables import Nftables, NftablesError
from onggi.proxy.table import TableConfig, fitting, is_outgrown, removal, update, whole

log = logging.getLogger(__name__)


class Firewall:
    """``put`` what owners want, then ``apply``."""

    def __init__(self, nftables: Nftables, config: TableConfig) -> None:
        self._nftables = nftables
        self._config = config
        self._ledger = Ledger()
        self._pending: Changes = {}
        self._size = 0  # of the pickers in the kernel; 0: no table yet

    def put(self, owner: Hashable, part: Part) -> None:
        """This is what ``owner`` wants from now on; empty: nothing."""
        self._pending = merged(self._pending, self._ledger.replace(owner, part))

    async def apply(self) -> Changes:
        """Make it so. Returns what changed. Raises NftablesError; then nothing has changed."""
        changes, self._pending = self._pending, {}
        try:
            if not self._size or is_outgrown(changes, self._size):
                await self._replace()
            elif changes:
                self._update(changes)
        except NftablesError as error:
            log.warning("the table %s is not as expected: %s", self._config.name, error)
            self._size = 0
            await self._replace()
        return changes

    async def remove(self) -> None:
        self._size = 0
        await asyncio.to_thread(self._nftables.run, removal(self._config))

    def is_lost(self) -> bool:
        """Somebody deleted the table; then the next ``apply`` makes it anew."""
        if not self._size:
            return False  # it is being made
        tables = self._nftables.run("list tables ip").splitlines()
        if f"table ip {self._config.name}" in tables:
            return False
        self._size = 0
        return True

    def _update(self, changes: Changes) -> None:
        commands = update(self._config, changes)
        if commands:
            self._nftables.run(commands)  # a millisecond

    async def _replace(self) -> None:
        part = self._ledger.effective()
        self._size = 0
        await asyncio.to_thread(self._nftables.run, whole(self._config, part))
        self._size = fitting(part)
