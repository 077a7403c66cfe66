"""What was given for a write is kept if the write is done, and given back if it is refused."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from onggi.api.objects import Object, View
from onggi.apiserver.call import Allocator


@contextmanager
def allocated(
    allocators: Mapping[str, Allocator], resource: str, new: Object, old: View | None, dry_run: bool
) -> Iterator[None]:
    """Complete ``new`` in place; the block checks and writes it. Raises Invalid."""
    allocator = allocators.get(resource)
    if allocator is None:
        yield
        return
    given = allocator.begin(new, old, dry_run)
    try:
        yield
    except Exception:
        given.rollback()
        raise
    except asyncio.CancelledError:  # the write goes on without us
        given.commit()
        raise
    given.commit()
