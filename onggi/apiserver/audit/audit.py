"""Writes about each request what the policy wants to know, at each of its stages.

    entry = audit.begin(request, target, user)    None where the policy wants nothing
    answer = entry.answered(answer)               or entry.refused(error)

https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

from onggi.api.errors import InternalError, StatusError
from onggi.api.http import Answer, Request, Stream, Upgrade, User
from onggi.api.objects import Object
from onggi.api.times import micro
from onggi.apiserver import names, unusable
from onggi.apiserver.audit import event as events
from onggi.apiserver.audit.log import LogFile
from onggi.apiserver.audit.policy import BadPolicy, Policy, Verdict
from onggi.apiserver.authz.attributes import Decision
from onggi.apiserver.call import Call
from onggi.apiserver.negotiate import JSON, PROTOBUF, YAML, media_type
from onggi.apiserver.path import Target
from onggi.store.store import encode

T = TypeVar("T")
Clock = Callable[[], datetime]
FAILED = Verdict("Metadata", frozenset({"ResponseStarted"}))
IMPERSONATED = "impersonate-user"
LONGEST_ID = 64
PATCHES = "patch.webhook.admission.k8s.io/"  # may hold what a policy wants unseen
DECISION, REASON = "authorization.k8s.io/decision", "authorization.k8s.io/reason"


def load(path: Path) -> Policy:
    """The policy in a file; raises BadPolicy with what is wrong and where."""
    return unusable.load(path, Policy.read, BadPolicy)


class Audit:
    """``original`` answers who really asks, where a request is made in another's name."""

    def __init__(
        self, policy: Policy, log: LogFile, clock: Clock, original: Callable[[Request], User]
    ) -> None:
        self._policy, self.log, self.clock = policy, log, clock
        self._original = original

    def begin(self, request: Request, target: Target, user: User) -> "Entry | None":
        asker = self._original(request) if IMPERSONATED in request.headers else user
        verdict = self._policy.judge(asker, target)
        if not verdict.stages or verdict.level == "None":
            return None
        entry = Entry(self, verdict, request, target, asker)
        if asker is not user:
            entry.event["impersonatedUser"] = user.info
        request.echo = {"Audit-Id": entry.event["auditID"]}
        entry.write("RequestReceived")
        return entry

    def stranger(self, request: Request, target: Target, error: StatusError) -> None:
        """Somebody who could not say who they are."""
        entry = Entry(self, FAILED, request, target, User(""))
        entry.event["responseStatus"] = events.status_of(401, error.status())
        entry.write("ResponseStarted")


class Entry:
    """What is written about one request."""

    def __init__(
        self, audit: Audit, verdict: Verdict, request: Request, target: Target, user: User
    ) -> None:
        self._audit, self._verdict = audit, verdict
        self._request = request
        self.annotations: dict[str, str] = {}
        self.call: Call | None = None
        now = micro(audit.clock())
        given = request.headers.get("audit-id", "")
        self.event: Object = {
            "kind": "Event",
            "apiVersion": "audit.k8s.io/v1",
            "level": verdict.level,
            "auditID": given if 0 < len(given) <= LONGEST_ID else names.uid(),
            "stage": "",
            **events.begun(request, target, user),
            "requestReceivedTimestamp": now,
        }

    def decided(self, decision: Decision) -> None:
        self.annotations[DECISION] = "allow" if decision.allowed else "forbid"
        self.annotations[REASON] = decision.reason

    def refused(self, error: Exception) -> None:
        known = error if isinstance(error, StatusError) else InternalError(type(error).__name__)
        status = known.status()
        self.event["responseStatus"] = events.status_of(known.status_code, status)
        self._show_request()
        if self._verdict.shows_response:
            self.event["responseObject"] = status
        self.write("ResponseComplete" if known is error else "Panic")

    def answered(self, answer: Answer) -> Answer:
        """The same answer; a stream that says when it has ended."""
        self._show_request()
        if isinstance(answer, Upgrade):
            self.event["responseStatus"] = events.status_of(101)
            self.write("ResponseStarted")
            return answer
        self.event["responseStatus"] = events.status_of(answer.status)
        if isinstance(answer, Stream):
            self.write("ResponseStarted")
            answer.frames = self._until_end(answer.frames)
            if answer.objects is not None:
                answer.objects = self._until_end(answer.objects)
            return answer
        if self._verdict.shows_response:
            self._show("responseObject", answer.body, answer.content_type)
        self.write("ResponseComplete")
        return answer

    def write(self, stage: str) -> None:
        if stage not in self._verdict.stages:
            return
        event = self.event
        event["stage"], event["stageTimestamp"] = stage, micro(self._audit.clock())
        if notes := self.annotations | self._of_admission():
            event["annotations"] = notes
        self._audit.log.put(encode(event))

    def _of_admission(self) -> dict[str, str]:
        """What plugins, policies and webhooks noted; patches only where the request is shown."""
        found = self.call.annotations if self.call else {}
        if self._verdict.shows_request:
            return found
        return {key: text for key, text in found.items() if not key.startswith(PATCHES)}

    async def _until_end(self, parts: AsyncIterator[T]) -> AsyncIterator[T]:
        try:
            async for part in parts:
                yield part
        finally:
            await cast(AsyncGenerator[T], parts).aclose()
            self.write("ResponseComplete")

    def _show_request(self) -> None:
        request = self._request
        if self._verdict.shows_request and request.body:
            self._show("requestObject", request.body, request.headers.get("content-type", ""))
            if reference := self.event.get("objectRef"):
                events.completed(reference, self.event["requestObject"])

    def _show(self, name: str, body: Any, content_type: str) -> None:
        found = body if not isinstance(body, bytes) else decoded(body, content_type)
        if self._verdict.omit_managed_fields:
            found = events.without_managed_fields(found)
        self.event[name] = found


def decoded(body: bytes, content_type: str) -> Any:
    """A body as the log shows it: the sender of a wrong one is told by the verb."""
    media = media_type(content_type) or JSON
    try:
        if media == PROTOBUF:
            from onggi.apiserver.protobuf import envelope

            return envelope.decode(body)[0]
        if media == YAML or media.endswith("+yaml"):
            from onggi.apiserver import yaml_body

            return yaml_body.parsed(body, "object")[0]
        return msgspec.json.decode(body)
    except (StatusError, msgspec.DecodeError, ValueError):
        return body[:1024].decode(errors="replace")
