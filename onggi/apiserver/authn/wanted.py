"""What authentication misses and cannot fetch itself, since it does not wait."""

from collections.abc import Awaitable, Callable

from onggi.api.errors import Unauthorized


class KeysWanted(Unauthorized):
    """A token's key is not known yet: whoever serves the request may ``fetch`` and try again."""

    def __init__(self, fetch: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self.fetch = fetch
