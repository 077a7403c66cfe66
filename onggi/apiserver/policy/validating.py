"""ValidatingAdmissionPolicy: bound policies judge the object as it will be written.

Source: ``k8s.io/apiserver/pkg/admission/plugin/policy/validating/dispatcher.go``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from onggi.api.errors import StatusError
from onggi.api.gotext import json_text
from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.apiserver.admission import Review, forbidden
from onggi.apiserver.matching import Question
from onggi.apiserver.policy import params
from onggi.apiserver.policy.params import ConfigurationError
from onggi.apiserver.policy.source import Binding, Policy, Source
from onggi.apiserver.webhooks.panel import Panel
from onggi.kinds.admissionregistration.policies import AUDIT, DENY, WARN
from onggi.store.store import Store

FAILURES = "validation.policy.admission.k8s.io/validation_failure"
MOST_FAILURES = 50
LONGEST_NOTE = 10 * 1024
CODES = {"Forbidden": 403, "Unauthorized": 401, "RequestEntityTooLarge": 413}


@dataclass(slots=True)
class Outcome:
    """What all policies together have said so far; ``seen`` is what they see, as which kind."""

    denied: list[tuple[str, str]] = field(default_factory=list)  # (message, reason)
    failures: list[View] = field(default_factory=list)
    seen: dict[Kind, dict[str, Any]] = field(default_factory=dict)

    def deny(self, policy: str, binding: str, message: str, reason: str = "") -> None:
        bound = f" with binding '{binding}'" if binding else ""
        text = f"ValidatingAdmissionPolicy '{policy}'{bound} denied request: {message}"
        self.denied.append((text, reason))


class ValidatingPolicies:
    """``onggi.apiserver.admission.Stage``."""

    def __init__(self, store: Store, panel: Panel) -> None:
        self._panel = panel
        self._source: Source[Any] = Source(store, "validatingadmission", compile_rules)

    def due(self, review: Review) -> bool:
        return self._source.due(review)

    async def run(self, review: Review) -> None:
        """Raises the first refusal."""
        outcome = Outcome()
        lookup = self._panel.lookup
        question = Question(review, lookup, self._panel.same(review.call.kind))
        for policy in self._source():
            try:
                kind = question.kind(policy.criteria)
                if kind is None:
                    continue
                param_kind = params.kind_of(policy.spec.get("paramKind"), self._panel.registry)
            except (ConfigurationError, StatusError) as error:
                if not policy.ignores:
                    outcome.deny(policy.name, "", f"failed to configure policy: {error}")
                continue
            self._judge(Concern(question, policy, kind, param_kind), outcome)
        if outcome.failures:
            text = json_text(outcome.failures[:MOST_FAILURES])
            review.call.annotations[FAILURES] = text
        if outcome.denied:
            raise refusal(review, *outcome.denied[0])

    def _judge(self, concern: "Concern", outcome: Outcome) -> None:
        from onggi.apiserver.policy.inputs import namespace_of, values
        from onggi.apiserver.policy.validation import judge

        policy, review = concern.policy, concern.question.review
        notes: dict[str, list[str]] = {}
        for binding in policy.bindings:
            try:
                given = concern.params(binding)
            except (ConfigurationError, StatusError) as error:
                if not policy.ignores:
                    text = f"failed to configure binding: {error}"
                    outcome.deny(policy.name, binding.name, text)
                continue
            for param in given:
                seen = outcome.seen.get(concern.kind)
                if seen is None:
                    namespace = namespace_of(review, self._panel.lookup)
                    seen = values(review, concern.kind, self._panel.authorizer, namespace)
                    outcome.seen[concern.kind] = seen
                verdict = judge(policy.compiled, {**seen, "params": param}, policy.ignores)
                act(review, policy.name, binding, verdict.failures, outcome)
                for failure in verdict.errors:
                    outcome.deny(policy.name, binding.name, failure.message)
                for key, value in verdict.notes:
                    note(notes.setdefault(key, []), value)
        for key, texts in notes.items():
            review.call.annotations[f"{policy.name}/{key}"] = ", ".join(texts)


@dataclass(frozen=True, slots=True)
class Concern:
    """A policy that a request matches, as ``kind``."""

    question: Question
    policy: Policy[Any]
    kind: Kind
    param_kind: Kind | None

    def params(self, binding: Binding) -> Sequence[View | None]:
        """With what the policy is asked; nothing where the binding does not match."""
        if binding.criteria is not None and self.question.kind(binding.criteria) is None:
            return ()
        namespace, reference = self.question.review.call.namespace, binding.spec.get("paramRef")
        return params.collect(self.param_kind, reference, namespace, self.question.lookup)


def compile_rules(spec: View) -> Any:
    """Imports the language with the first policy, not before."""
    from onggi.apiserver.policy.validation import compile_rules

    return compile_rules(spec)


def act(
    review: Review, policy: str, binding: Binding, failures: Sequence[Any], outcome: Outcome
) -> None:
    """What the binding's ``validationActions`` make of rules that do not hold."""
    actions = binding.spec.get("validationActions") or ()
    for failure, action in pairs(failures, actions):
        if action == DENY:
            outcome.deny(policy, binding.name, failure.message, failure.reason)
        elif action == AUDIT:
            outcome.failures.append(
                {
                    "message": failure.message,
                    "policy": policy,
                    "binding": binding.name,
                    "expressionIndex": failure.index,
                    "validationActions": list(actions),
                }
            )
        elif action == WARN:
            where = f"ValidatingAdmissionPolicy '{policy}' with binding '{binding.name}'"
            review.call.warnings.append(f"Validation failed for {where}: {failure.message}")


def pairs(failures: Sequence[Any], actions: Sequence[str]) -> Iterator[tuple[Any, str]]:
    return ((failure, action) for failure in failures for action in actions)


def note(texts: list[str], value: str) -> None:
    """Each value once, and not all of a long one."""
    value = value.encode()[:LONGEST_NOTE].decode(errors="ignore")
    if value not in texts:
        texts.append(value)


def refusal(review: Review, message: str, reason: str) -> StatusError:
    error = forbidden(review, message)
    error.status_reason = reason or "Invalid"
    error.status_code = CODES.get(error.status_reason, 422)
    error.details["causes"] = [{"message": message}]
    return error
