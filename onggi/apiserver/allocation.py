"""What was given for a write is kept if the write is done, and given back if it is refused."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from onggi.api.objects import Object, View
from onggi.apiserver.call import Allocator


@dataclass(slots=True)
class Write:
    """``begun`` once the write is with the store, which finishes it whoever still waits."""

    begun: bool = False


@contextmanager
def allocated(
    allocators: Mapping[str, Allocator], resource: str, new: Object, old: View | None, dry_run: bool
) -> Iterator[Write]:
    """Complete ``new`` in place; the block checks and writes it. Raises Invalid."""
    write = Write()
    allocator = allocators.get(resource)
    if allocator is None:
        yield write
        return
    given = allocator.begin(new, old, dry_run)
    try:
        yield write
    except Exception:
        given.rollback()
        raise
    except asyncio.CancelledError:
        if write.begun:
            given.commit()
        else:
            given.rollback()
        raise
    given.commit()
