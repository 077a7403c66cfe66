"""An object that cannot be decoded as its kind: a bad request, unless a patch made it."""

from onggi.api.errors import BadRequest
from onggi.api.kind import Kind


class Misfit(BadRequest):
    """``why`` is the decoder's own text, which a patch quotes in another sentence."""

    def __init__(self, kind: Kind, why: str) -> None:
        super().__init__(
            f'{kind.name} in version "{kind.version}" cannot be handled as a {kind.name}: {why}'
        )
        self.why = why
