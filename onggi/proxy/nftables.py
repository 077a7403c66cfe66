"""Runs nftables commands in this process, through libnftables.

The ``nft`` program costs 25 ms a call, the library 0.2 ms. Debian ships Python bindings, but
not for other interpreters than its own and not on PyPI; they are as thin as this.
"""

import ctypes
from typing import Any

LIBRARY = "libnftables.so.1"


class NftablesError(Exception):
    """The library is missing, or the kernel refused a transaction; nothing of it happened."""


class Nftables:
    """One connection, to the network namespace of the thread that makes it."""

    def __init__(self) -> None:
        self._library = load()
        self._context = ctypes.c_void_p(self._library.nft_ctx_new(0))
        self._library.nft_ctx_buffer_output(self._context)
        self._library.nft_ctx_buffer_error(self._context)

    def run(self, commands: str) -> str:
        """One transaction. Returns what ``list`` commands print; raises NftablesError."""
        failed = self._library.nft_run_cmd_from_buffer(self._context, commands.encode())
        output: bytes = self._library.nft_ctx_get_output_buffer(self._context)
        error: bytes = self._library.nft_ctx_get_error_buffer(self._context)
        if failed:
            raise NftablesError(error.decode(errors="replace").strip())
        return output.decode()

    def close(self) -> None:
        self._library.nft_ctx_free(self._context)


def load() -> Any:
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError as error:
        raise NftablesError(f"{LIBRARY} is missing: install the package nftables") from error
    library.nft_ctx_new.restype = ctypes.c_void_p
    library.nft_ctx_get_output_buffer.restype = ctypes.c_char_p
    library.nft_ctx_get_error_buffer.restype = ctypes.c_char_p
    return library
