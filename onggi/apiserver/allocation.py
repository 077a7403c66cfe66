"""What was given for a write is kept if the write is done, and given back if it is refused."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from onggi.apiserver.admission import Review
from onggi.apiserver.call import Allocator


@dataclass(slots=True)
class Write:
    """``begun`` once the write is with the store, which finishes it whoever still waits."""

    begun: bool = False


@contextmanager
def allocated(allocators: Mapping[str, Allocator], review: Review) -> Iterator[Write]:
    """Complete ``review.obj`` in place; the block checks and writes it. Raises Invalid."""
    write = Write()
    allocator = allocators.get(review.resource)
    if allocator is not None:
        review.held.append(allocator.begin(review.obj, review.old, review.dry_run))
    try:
        yield write
    except Exception:
        for given in review.held:
            given.rollback()
        raise
    except asyncio.CancelledError:
        for given in review.held:
            given.commit() if write.begun else given.rollback()
        raise
    else:
        for given in review.held:
            given.commit()
    finally:
        review.held.clear()
