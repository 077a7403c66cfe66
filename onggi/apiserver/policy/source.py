"""The policies that are in force, as the store has them now: read anew only after a change, and
compiled anew only where a policy itself changed.

Source: ``k8s.io/apiserver/pkg/admission/plugin/policy/generic/policy_source.go``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from onggi.api.objects import View
from onggi.apiserver.admission import Review
from onggi.apiserver.matching import Criteria, exempt, policy_criteria
from onggi.store.store import Record, Store

Compiled = TypeVar("Compiled")
GROUP = "admissionregistration.k8s.io"


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    name: str
    spec: View
    criteria: Criteria | None  # None: wherever the policy holds


@dataclass(frozen=True, slots=True, eq=False)
class Policy(Generic[Compiled]):
    """``ignores`` is ``failurePolicy: Ignore``."""

    name: str
    spec: View
    criteria: Criteria
    ignores: bool
    compiled: Compiled
    bindings: tuple[Binding, ...]


class Source(Generic[Compiled]):
    """Policies with at least one binding, by name; ``compile`` is called with a spec."""

    def __init__(self, store: Store, kind: str, compile: Callable[[View], Compiled]) -> None:
        self._store, self._compile = store, compile
        self._resources = f"{kind}policies.{GROUP}", f"{kind}policybindings.{GROUP}"
        self._seen: tuple[Sequence[Record], Sequence[Record]] | None = None
        self._known: dict[str, tuple[View, Compiled]] = {}
        self._found: tuple[Policy[Compiled], ...] = ()

    def __call__(self) -> tuple[Policy[Compiled], ...]:
        """A list of the store stays the same object until one of its members changes."""
        bindings = self._store.list(self._resources[1])
        policies = self._store.list(self._resources[0])
        seen = self._seen
        if seen is None or seen[0] is not policies or seen[1] is not bindings:
            self._found = self._read(policies, bindings)
            self._seen = policies, bindings
        return self._found

    def due(self, review: Review) -> bool:
        """Cheap, since every write is asked: mostly nothing is bound."""
        if not self._store.list(self._resources[1]):
            return False
        return bool(self()) and not exempt(review)

    def _read(
        self, policies: Sequence[Record], bindings: Sequence[Record]
    ) -> tuple[Policy[Compiled], ...]:
        bound: dict[str, list[Binding]] = {}
        for record in bindings:
            spec = record.object.get("spec") or {}
            bound.setdefault(spec.get("policyName", ""), []).append(binding_of(record.object))
        known: dict[str, tuple[View, Compiled]] = {}
        found: list[Policy[Compiled]] = []
        for record in policies:
            name, spec = record.object["metadata"]["name"], record.object.get("spec") or {}
            if name not in bound:
                continue
            before = self._known.get(name)
            if before is None or before[0] != spec:
                before = spec, self._compile(spec)
            known[name] = before
            found.append(
                Policy(
                    name,
                    spec,
                    policy_criteria(spec.get("matchConstraints") or {}),
                    spec.get("failurePolicy") == "Ignore",
                    before[1],
                    tuple(bound[name]),
                )
            )
        self._known = known
        return tuple(found)


def binding_of(obj: View) -> Binding:
    spec = obj.get("spec") or {}
    resources = spec.get("matchResources")
    criteria = None if resources is None else policy_criteria(resources)
    return Binding(obj["metadata"]["name"], spec, criteria)
