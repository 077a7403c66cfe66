"""What one volume type is: a row in ``table.PLUGINS`` and a function that sets it up.

Setting up may be repeated; it then only brings contents up to date. Errors that a user has to
see are raised as ``VolumeError`` with upstream's words, and become ``FailedMount`` events.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from onggi.api.kind import Kind
from onggi.api.objects import View, get
from onggi.node.downward import Surroundings
from onggi.node.parts import VolumeMounted


class VolumeError(Exception):
    """Why a volume cannot be set up now."""


class Objects(Protocol):
    """Where ConfigMaps and Secrets come from."""

    async def get(self, kind: Kind, namespace: str, name: str) -> View | None: ...


@dataclass(frozen=True, kw_only=True)
class Token:
    text: str = field(repr=False)
    expires: datetime
    refresh_at: datetime


class Tokens(Protocol):
    async def get(self, pod: View, source: View) -> Token:
        """``source`` is a ``serviceAccountToken`` projection."""


@dataclass(frozen=True, kw_only=True)
class Means:
    """What the node lends to every volume type."""

    objects: Objects
    tokens: Tokens
    around: Callable[[], Surroundings]
    clock: Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One volume of one pod. ``source`` is what stands under the type's key."""

    pod: View
    name: str
    source: View
    path: Path

    @property
    def namespace(self) -> str:
        return self.pod["metadata"]["namespace"]

    @property
    def group(self) -> int | None:
        return get(self.pod, "spec.securityContext.fsGroup")


Wanted = tuple[Kind, str]  # an object in the pod's namespace


def nothing(source: View) -> Iterable[Wanted]:
    return ()


@dataclass(frozen=True)
class Plugin:
    """``directory`` is upstream's plugin name; ``wants`` names what the contents come from."""

    directory: str
    setup: Callable[[Ask, Means], Awaitable[VolumeMounted]]
    wants: Callable[[View], Iterable[Wanted]] = nothing
