"""The APIServices that point to extension servers, read anew only after a change."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from onggi.api.objects import View
from onggi.apiserver.webhooks.where import Where, decoded, of_service
from onggi.kinds.apiregistration.apiservice import APISERVICE, is_available
from onggi.kinds.apiregistration.priorities import Priority
from onggi.store.store import Record, Store

GroupVersion = tuple[str, str]


class Remote(NamedTuple):
    """An extension server's version of a group. ``insecure``: its certificate is not checked."""

    name: str
    group: str
    version: str
    where: Where
    insecure: bool
    available: bool
    priority: Priority

    @property
    def path(self) -> str:
        return f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"


class Services:
    """``generation`` grows with every change, for what is made from them."""

    _seen: Sequence[Record] | None = None
    _revision = -1

    def __init__(self, store: Store) -> None:
        self._store = store
        self._remotes: Mapping[GroupVersion, Remote] = {}
        self._generation = 0

    @property
    def remotes(self) -> Mapping[GroupVersion, Remote]:
        """A list of the store stays the same object until one of its members changes."""
        if self._store.revision != self._revision:
            self._revision = self._store.revision
            self._look(self._store.list(APISERVICE.resource))
        return self._remotes

    def _look(self, records: Sequence[Record]) -> None:
        if records is self._seen:
            return
        self._seen = records
        self._generation += 1
        found = [remote(r.object) for r in records if is_remote(r.object)]
        self._remotes = {(one.group, one.version): one for one in found}

    @property
    def generation(self) -> int:
        _ = self.remotes
        return self._generation


def is_remote(service: View) -> bool:
    return service["spec"].get("service") is not None


def remote(service: View) -> Remote:
    """From a defaulted APIService that has a Service."""
    spec = service["spec"]
    return Remote(
        name=service["metadata"]["name"],
        group=spec.get("group") or "",
        version=spec.get("version") or "",
        where=of_service(spec["service"], decoded(spec.get("caBundle") or "")),
        insecure=bool(spec.get("insecureSkipTLSVerify")),
        available=is_available(service),
        priority=Priority(spec["groupPriorityMinimum"], spec["versionPriority"]),
    )
