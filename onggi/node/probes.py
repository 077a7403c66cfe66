"""Startup, liveness and readiness of one running container.

One task per container that has probes; between probes it sleeps on a timer. Results go to a
callback as a ``Verdict``. Thresholds, order and timing are upstream's
(``pkg/kubelet/prober/worker.go``): liveness and readiness wait for startup; liveness holds good
and readiness bad until a probe has said otherwise; a failed liveness or startup probe probes no
more, since the container is about to be replaced.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from onggi.api.objects import View
from onggi.node.checks import Checker, Outcome, Subject
from onggi.node.clock import Clock
from onggi.node.memory import Verdict
from onggi.node.runtime import Container, RuntimeFailure

ATTEMPTS = 3  # of a probe that could not be made
KINDS = ("startup", "liveness", "readiness")

Say = Callable[[str, str], None]  # (reason, message): a warning about the container
Report = Callable[[Verdict], None]


def probe_of(container: View, kind: str) -> View | None:
    return container.get(f"{kind}Probe")


def has_probes(container: View) -> bool:
    return any(probe_of(container, kind) for kind in KINDS)


@dataclass(frozen=True)
class Counted:
    """The last result, and how many times in a row."""

    ok: bool | None = None
    run: int = 0

    def after(self, ok: bool) -> "Counted":
        return Counted(ok, self.run + 1 if ok == self.ok else 1)

    def is_decisive(self, spec: View) -> bool:
        limit = spec.get("successThreshold", 1) if self.ok else spec.get("failureThreshold", 3)
        return self.run >= limit


def first_verdict(container: View) -> Verdict:
    """Before any probe has run."""
    return Verdict(
        started=False if probe_of(container, "startup") else None,
        ready=False if probe_of(container, "readiness") else None,
    )


@dataclass(kw_only=True)
class ContainerProbes:
    """``run`` belongs in the pod's TaskGroup and ends when there is nothing more to probe.

    ``adopted`` containers ran before this process did: their probes begin at a random moment of
    their period, so that a restart does not probe everything at once. A pod that is ``leaving``
    is only asked whether it is still ready.
    """

    checker: Checker
    subject: Subject
    container: Container
    clock: Clock
    report: Report
    say: Say
    verdict: Verdict
    leaving: Callable[[], bool] = lambda: False
    adopted: bool = False

    async def run(self) -> None:
        startup = probe_of(self.subject.container, "startup")
        if startup and not self.verdict.started and not await self._probe("startup", startup):
            return
        async with asyncio.TaskGroup() as group:
            for kind in ("liveness", "readiness"):
                if spec := probe_of(self.subject.container, kind):
                    group.create_task(self._probe(kind, spec), name=f"{kind} probe")

    async def _probe(self, kind: str, spec: View) -> bool:
        """Probe until it is settled: True or False for startup, False for liveness."""
        counted = Counted()
        period = float(spec.get("periodSeconds") or 10)
        await asyncio.sleep(self._delay(spec, period))
        loop = asyncio.get_running_loop()
        tick = loop.time()
        while kind == "readiness" or not self.leaving():
            outcome = await self._attempt(kind, spec)
            if outcome.ok is not None:
                counted = counted.after(outcome.ok)
                if counted.is_decisive(spec):
                    self._decide(kind, outcome.ok)
                    if kind != "readiness" and not (kind == "liveness" and outcome.ok):
                        return outcome.ok
            tick += period
            tick = max(tick, loop.time())  # a probe that took longer than its period
            await asyncio.sleep(tick - loop.time())
        return False

    def _delay(self, spec: View, period: float) -> float:
        started = self.container.started_at or self.clock()
        due = started + timedelta(seconds=float(spec.get("initialDelaySeconds") or 0))
        left = max((due - self.clock()).total_seconds(), 0.0)
        return left + (random.uniform(0, period) if self.adopted else 0.0)

    async def _attempt(self, kind: str, spec: View) -> Outcome:
        for _ in range(ATTEMPTS):
            outcome = await self._look(spec)
            if outcome.ok is not None:
                break
        name = kind.capitalize()
        if outcome.ok is None:
            state = f"{name} probe errored and resulted in unknown state"
            self.say("Unhealthy", f"{state}: {outcome.output}")
        elif not outcome.ok:
            self.say("Unhealthy", f"{name} probe failed: {outcome.output}")
        elif outcome.warning:
            self.say("ProbeWarning", f"{name} probe warning: {outcome.output}")
        return outcome

    async def _look(self, spec: View) -> Outcome:
        try:
            return await self.checker.probe(self.subject, spec)
        except RuntimeFailure as error:
            return Outcome(None, str(error))

    def _decide(self, kind: str, ok: bool) -> None:
        if kind == "readiness":
            new = replace(self.verdict, ready=ok)
        elif ok:
            new = replace(self.verdict, started=True) if kind == "startup" else self.verdict
        else:
            new = replace(self.verdict, failed=kind)
        if new != self.verdict:
            self.verdict = new
            self.report(new)
