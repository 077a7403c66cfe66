"""MutatingAdmissionPolicy: bound policies change the object before webhooks see it.

One after the other; with ``reinvocationPolicy: IfNeeded`` a policy is asked a second time if the
object was changed after it was asked. Source:
``k8s.io/apiserver/pkg/admission/plugin/policy/mutating`` (dispatcher.go, reinvocationcontext.go).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from onggi.api.errors import InternalError, StatusError
from onggi.api.fields.plan import plan
from onggi.api.gotext import quote
from onggi.api.kind import Kind
from onggi.api.objects import Object, View, clone
from onggi.apiserver import schemas
from onggi.apiserver.admission import Review, forbidden
from onggi.apiserver.matching import Question
from onggi.apiserver.misfit import Misfit
from onggi.apiserver.policy import params
from onggi.apiserver.policy.params import ConfigurationError
from onggi.apiserver.policy.source import Binding, Policy, Source
from onggi.apiserver.policy.validating import Concern
from onggi.apiserver.webhooks.mutating import Memory
from onggi.apiserver.webhooks.panel import Panel, between, replace
from onggi.store.store import Store

MEMORY = "policies"


@dataclass(slots=True)
class Invocation:
    """One policy by one binding with one parameter, on a request seen as ``kind``."""

    policy: Policy[Any]
    binding: Binding
    kind: Kind
    param: View | None

    @property
    def key(self) -> str:
        meta = (self.param or {}).get("metadata") or {}
        place = f"{meta.get('namespace', '')}/{meta.get('name', '')}"
        return f"{self.policy.name}/{self.binding.name}/{place}"


@dataclass(frozen=True, slots=True)
class Problem:
    policy: Policy[Any]
    binding: Binding | None
    why: str
    reason: str = ""

    def __str__(self) -> str:
        if self.binding is None:
            return f"policy {quote(self.policy.name)} denied request: {self.why}"
        named = f"policy '{self.policy.name}' with binding '{self.binding.name}'"
        return f"{named} denied request: {self.why}"


class MutatingPolicies:
    """``onggi.apiserver.admission.Stage``."""

    def __init__(self, store: Store, panel: Panel) -> None:
        self._panel = panel
        self._source: Source[Any] = Source(store, "mutatingadmission", compile_mutations)

    def due(self, review: Review) -> bool:
        return self._source.due(review)

    async def run(self, review: Review) -> None:
        """Raises a refusal with all that went wrong."""
        memory: Memory = review.kept.setdefault(MEMORY, Memory())
        if review.second and memory.output != review.obj:
            memory.changed()
        problems: list[Problem] = []
        for invocation in list(self._invocations(review, problems)):
            self._invoke(review, invocation, memory, problems)
        memory.output = clone(review.obj) if review.obj is not None else None
        found = [problem for problem in problems if not problem.policy.ignores]
        if found:
            raise refusal(review, found)

    def _invocations(self, review: Review, problems: list[Problem]) -> Iterator[Invocation]:
        """All that match the object as it is before the first of them."""
        panel = self._panel
        question = Question(review, panel.lookup, panel.same(review.call.kind))
        for policy in self._source():
            try:
                kind = question.kind(policy.criteria)
                if kind is None:
                    continue
                param_kind = params.kind_of(policy.spec.get("paramKind"), panel.registry)
            except (ConfigurationError, StatusError) as error:
                problems.append(Problem(policy, None, f"failed to configure policy: {error}"))
                continue
            concern = Concern(question, policy, kind, param_kind)
            for binding in policy.bindings:
                try:
                    for param in concern.params(binding):
                        yield Invocation(policy, binding, kind, param)
                except (ConfigurationError, StatusError) as error:
                    why = f"failed to configure binding: {error}"
                    problems.append(Problem(policy, binding, why))

    def _invoke(
        self, review: Review, invocation: Invocation, memory: Memory, problems: list[Problem]
    ) -> None:
        from onggi.api.cel.composition import Failed, OutOfBudget
        from onggi.apiserver.policy.changes import NotChanged
        from onggi.apiserver.policy.conditions import ConditionsFailed

        policy, binding, seen = (
            invocation.policy,
            invocation.binding,
            self._seen(invocation, review),
        )
        try:
            if not self._matches(invocation, seen):
                return
        except ConditionsFailed as failed:
            problems.append(Problem(policy, binding, str(failed), "Invalid"))
            return
        if review.second and invocation.key not in memory.repeat:
            return
        before = clone(review.obj) if review.obj is not None else None
        for mutation in policy.compiled.mutations if before is not None else ():
            try:
                self._change(review, invocation, mutation, seen)
            except (Failed, OutOfBudget, NotChanged) as failed:
                problems.append(Problem(policy, binding, str(failed), "Invalid"))
        if before != review.obj:
            memory.changed()
            review.again = True
        if policy.spec.get("reinvocationPolicy") == "IfNeeded":
            memory.asked.add(invocation.key)

    def _seen(self, invocation: Invocation, review: Review) -> dict[str, Any]:
        from onggi.apiserver.policy.inputs import namespace_of, values

        panel = self._panel
        namespace = namespace_of(review, panel.lookup)
        found = values(review, invocation.kind, panel.authorizer, namespace)
        return {**found, "params": invocation.param}

    def _matches(self, invocation: Invocation, seen: dict[str, Any]) -> bool:
        from onggi.api.cel.environments import MATCH_BUDGET
        from onggi.apiserver.policy.conditions import matches

        policy = invocation.policy
        run = policy.compiled.composed.run({**seen, "namespaceObject": None}, MATCH_BUDGET)
        return matches(policy.compiled.conditions, run, policy.ignores)

    def _change(
        self, review: Review, invocation: Invocation, mutation: Any, seen: dict[str, Any]
    ) -> None:
        from onggi.api.cel.environments import RULES_BUDGET
        from onggi.apiserver.policy.changes import changed

        assert review.obj is not None
        kind = review.about or invocation.kind
        obj = between(review.obj, review.kind, invocation.kind)
        run = invocation.policy.compiled.composed.run({**seen, "object": obj}, RULES_BUDGET)
        new = changed(mutation, run, obj, plan(schemas.of(kind)))
        if new is obj:
            return
        shaped = self._shaped(clone(new), kind)
        kind.default(shaped)
        replace(review.obj, clone(between(shaped, kind, review.kind)))

    def _shaped(self, new: Object, kind: Kind) -> Object:
        """In the shape of its kind, as a strict decoder leaves it."""
        new["kind"], new["apiVersion"] = kind.name, kind.api_version
        try:
            unknown = self._panel.schemas.decode(kind, new)
        except Misfit as misfit:
            raise InternalError(misfit.why) from None
        if unknown:
            raise InternalError(f"strict decoding error: {', '.join(unknown)}")
        if not isinstance(new.get("metadata"), dict):
            new["metadata"] = {}
        return new


def compile_mutations(spec: View) -> Any:
    """Imports the language with the first policy, not before."""
    from onggi.apiserver.policy.changes import compile_mutations

    return compile_mutations(spec)


def refusal(review: Review, problems: list[Problem]) -> StatusError:
    error = forbidden(review, "admission request denied by policy")
    error.message = str(problems[0])
    error.status_reason = problems[0].reason or error.status_reason
    error.details["causes"] = [{"message": str(problem)} for problem in problems]
    return error
