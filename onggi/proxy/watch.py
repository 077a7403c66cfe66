"""Notices when somebody deletes our table: ``nft flush ruleset``, a firewall that reloads.

The kernel announces every deleted table on a netlink multicast group. Our own replacing
transaction announces one too, so whoever is told looks whether the table is there.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable, Iterator

NETLINK_NETFILTER = 12
NFNLGRP_NFTABLES = 7
NFT_MSG_DELTABLE = 10 << 8 | 2  # subsystem nftables, message "delete table"
SOL_NETLINK, NETLINK_ADD_MEMBERSHIP = 270, 1
HEADER = struct.Struct("=IHHII")
BUFFER = 1 << 16


class TableWatch:
    """``run`` for ever; calls ``deleted`` when any table may have been."""

    def __init__(self, deleted: Callable[[], None]) -> None:
        self._deleted = deleted
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self._socket.setblocking(False)
        self._socket.bind((0, 0))
        self._socket.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, NFNLGRP_NFTABLES)

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_reader(self._socket, self._read)
        try:
            await asyncio.Event().wait()
        finally:
            loop.remove_reader(self._socket)
            self._socket.close()

    def _read(self) -> None:
        """Everything that has come. Too much at once (ENOBUFS) may have hidden a deletion."""
        deleted = False
        try:
            while True:
                deleted |= NFT_MSG_DELTABLE in types(self._socket.recv(BUFFER))
        except BlockingIOError:
            pass
        except OSError:
            deleted = True
        if deleted:
            self._deleted()


def types(data: bytes) -> Iterator[int]:
    """The type of each netlink message in a datagram."""
    with contextlib.suppress(struct.error):
        while data:
            length, type, *_ = HEADER.unpack_from(data)
            yield type
            if length < HEADER.size:
                return
            data = data[(length + 3) & ~3 :]
