"""Writes past admission and strategy: what a subresource does to an object besides its own."""

from collections.abc import Callable

from onggi.api.objects import Object, View
from onggi.store.store import Key, Missing, Stale, Store


async def rewrite(
    store: Store, key: Key, change: Callable[[View], Object], *, dry_run: bool
) -> bool:
    """Put what ``change`` makes of the object as it is at that moment; False where there is none.

    ``change`` is asked again where somebody else was faster, and may refuse.
    """
    while (present := store.get(key)) is not None:
        new = change(present.object)
        if dry_run:
            return True
        try:
            await store.update(key, new, revision=present.revision)
        except (Stale, Missing):
            continue
        return True
    return False
