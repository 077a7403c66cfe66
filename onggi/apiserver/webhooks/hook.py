"""The webhooks that are configured, as the store has them now: read anew only after a change.

Source: ``k8s.io/apiserver/pkg/admission/configuration`` (mutating_webhook_manager.go): in the order
of the configurations' names, inside of one as they are written.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from onggi.api.objects import View, get
from onggi.apiserver.matching import Criteria, webhook_criteria
from onggi.apiserver.webhooks.where import Where, of_client_config
from onggi.kinds.admissionregistration.review_versions import KNOWN
from onggi.kinds.admissionregistration.webhooks import FAIL, IGNORE
from onggi.store.store import Record, Store

WAIT = 10  # seconds, where a configuration from before the default says nothing


@dataclass(frozen=True, slots=True, eq=False)
class Hook:
    """``uid`` tells it from all others; ``version`` is that of the AdmissionReview, empty where
    the webhook understands none of ours."""

    name: str
    configuration: str
    uid: str
    criteria: Criteria
    where: Where
    version: str = "v1"
    ignores: bool = False  # failurePolicy
    effects: str = "None"
    timeout: int = WAIT
    again: bool = False  # reinvocationPolicy
    conditions: Sequence[View] = ()


class Hooks:
    """Those of one resource: mutating or validating configurations."""

    _revision = -1

    def __init__(self, store: Store, resource: str) -> None:
        self._store, self._resource = store, resource
        self._seen: Sequence[Record] | None = None
        self._found: tuple[Hook, ...] = ()

    def __call__(self) -> tuple[Hook, ...]:
        """A list of the store stays the same object until one of its members changes."""
        if self._store.revision != self._revision:
            self._revision = self._store.revision
            records = self._store.list(self._resource)
            if records is not self._seen:
                self._found = tuple(hook for r in records for hook in hooks_of(r.object))
                self._seen = records
        return self._found


def hooks_of(configuration: View) -> list[Hook]:
    """From a defaulted configuration. The uid holds the webhook's place among its namesakes,
    which an old configuration may have."""
    name, found = configuration["metadata"]["name"], list[Hook]()
    for written in configuration.get("webhooks") or ():
        same = sum(hook.name == written["name"] for hook in found)
        found.append(hook_of(written, name, f"{name}/{written['name']}/{same}"))
    return found


def hook_of(written: View, configuration: str, uid: str) -> Hook:
    versions = written.get("admissionReviewVersions") or ()
    return Hook(
        name=written["name"],
        configuration=configuration,
        uid=uid,
        criteria=webhook_criteria(written),
        where=of_client_config(get(written, "clientConfig", {})),
        version=next((v for v in versions if v in KNOWN), ""),
        ignores=written.get("failurePolicy", FAIL) == IGNORE,
        effects=written.get("sideEffects") or "Unknown",
        timeout=written.get("timeoutSeconds") or WAIT,
        again=written.get("reinvocationPolicy") == "IfNeeded",
        conditions=written.get("matchConditions") or (),
    )
