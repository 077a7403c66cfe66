"""Which of the containers that are to start does so now, and what the others wait for. Pure.

One at a time, in order; one that crashed waits out its back-off without holding up the rest.
"""

from dataclasses import dataclass, field
from datetime import datetime

from onggi.api.objects import View
from onggi.node.backoff import go_duration
from onggi.node.identity import name_of, pod_label, restart_count, spec_hash
from onggi.node.memory import Waiting
from onggi.node.observed import is_exited
from onggi.node.runtime import ContainerState
from onggi.node.situation import (
    Decision,
    RemoveContainer,
    Say,
    Situation,
    Start,
    Step,
    earliest,
)


@dataclass
class Held:
    """Containers that have to wait, and until when."""

    waiting: dict[str, Waiting] = field(default_factory=dict)
    wake: datetime | None = None
    said: list[Step] = field(default_factory=list)


def start_first(s: Situation, starts: list[View]) -> Decision:
    """Of those that are to start, the first that need not wait."""
    held = Held()
    others = [spec for spec in starts if spec["name"] != s.memory.starting]
    ready = [spec for spec in others if not is_held(s, spec, held)]
    step: tuple[Step, ...] = ()
    if ready and "start" not in s.busy and s.memory.mounts is not None:
        step = (prepare(s, ready[0]),)
    return Decision((*held.said, *step), held.wake, held.waiting)


def prepare(s: Situation, spec: View) -> Step:
    newest = s.observed.newest(spec["name"])
    if newest and newest.state is ContainerState.CREATED:
        return RemoveContainer(newest.id)  # a crash between create and start
    if newest is None:
        return Start(spec["name"], s.memory.counts.get(spec["name"], 0))
    return Start(spec["name"], restart_count(newest) + 1, newest.id)


def is_held(s: Situation, spec: View, held: Held) -> bool:
    if until := s.held_until(spec["name"]):
        held.wake = earliest(held.wake, until)
        return True
    newest = s.observed.newest(spec["name"])
    if any(name_of(c) == spec["name"] for c in s.observed.alive):
        return True  # a stray, or one in an unknown state: it is killed first
    if newest is None or not is_exited(newest) or newest.finished_at is None:
        return False
    backoff = s.memory.backoffs.get(backoff_key(spec))
    until = backoff.until(newest.finished_at) if backoff else None
    if backoff is None or until is None or until <= s.now:
        return False
    held.wake = earliest(held.wake, until)
    delay = go_duration(backoff.delay)
    pod = pod_label(s.pod)
    text = f"back-off {delay} restarting failed container={spec['name']} pod={pod}"
    held.waiting[spec["name"]] = Waiting("CrashLoopBackOff", text)
    held.said.append(
        Say(
            "BackOff",
            f"Back-off restarting failed container {spec['name']} in pod {pod}",
            "Warning",
            spec["name"],
            once_for=newest.id,
        )
    )
    return True


def backoff_key(spec: View) -> str:
    return f"{spec['name']}/{spec_hash(spec)}"
