"""The probes of all containers of one pod: begun when one runs, ended when it does not."""

import asyncio
from collections.abc import Callable
from functools import partial

from onggi.api.objects import View
from onggi.kinds.core.pod.predicates import container_status
from onggi.node.checks import Subject
from onggi.node.container_status import container_id
from onggi.node.means import Means
from onggi.node.memory import Verdict
from onggi.node.observed import is_running
from onggi.node.probes import ContainerProbes, first_verdict, has_probes
from onggi.node.restart import main_containers, sidecars
from onggi.node.runtime import Container
from onggi.node.situation import Situation

Tell = Callable[[str, str, str, str], None]  # type, reason, message, container


class PodProbes:
    """``changed`` is called after a verdict has changed; ``adopting`` until the first look."""

    def __init__(self, means: Means, tell: Tell, changed: Callable[[], None]) -> None:
        self._means = means
        self._tell = tell
        self._changed = changed
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._leaving = False

    def follow(self, s: Situation, group: asyncio.TaskGroup, *, adopted: bool) -> None:
        """Begin and end probing so that it fits what is there. ``adopted``: it was before us."""
        self._leaving = s.is_leaving
        running = {}
        for spec in (*sidecars(s.pod), *main_containers(s.pod)):
            container = s.observed.active(spec["name"])
            if has_probes(spec) and is_running(container) and s.memory.starting != spec["name"]:
                assert container
                running[container.id] = (spec, container)
        for id in self._tasks.keys() - running.keys():
            self._tasks.pop(id).cancel()
        for id in running.keys() - self._tasks.keys():
            probes = self._probes(s, *running[id], adopted=adopted)
            self._tasks[id] = group.create_task(probes.run(), name=f"probes of {id[:12]}")

    def _probes(
        self, s: Situation, spec: View, container: Container, *, adopted: bool
    ) -> ContainerProbes:
        id, verdicts = container.id, s.memory.verdicts
        if id not in verdicts:
            verdicts[id] = said_before(s, spec, container) if adopted else first_verdict(spec)

        def report(verdict: Verdict) -> None:
            verdicts[id] = verdict
            self._changed()

        ips = s.observed.ips or tuple(self._means.host_ips())
        return ContainerProbes(
            checker=self._means.checker,
            subject=Subject(s.pod, spec, id, ips[0] if ips else ""),
            container=container,
            clock=self._means.clock,
            report=report,
            say=partial(self._say, spec["name"]),
            verdict=verdicts[id],
            leaving=lambda: self._leaving,
            adopted=adopted,
        )

    def _say(self, container: str, reason: str, message: str) -> None:
        self._tell("Warning", reason, message, container)

    def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()


def said_before(s: Situation, spec: View, container: Container) -> Verdict:
    """What the API says of a container that was running before this process."""
    fresh = first_verdict(spec)
    old = container_status({"status": s.memory.status}, spec["name"])
    if old is None or old.get("containerID") != container_id(container):
        return fresh
    return Verdict(
        started=fresh.started if fresh.started is None else bool(old.get("started")),
        ready=fresh.ready if fresh.ready is None else bool(old.get("ready")),
    )
