"""How many of a Job's pods run now: those that are missing are made, those too many deleted.

Source: ``manageJob`` in ``pkg/controller/job/job_controller.go``, ``indexed_job_utils.go``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from onggi.api.objects import View
from onggi.api.plan import Action, Patch
from onggi.kinds.apps.pods import create_pod, delete_pods
from onggi.kinds.apps.replicas.ranking import doomed
from onggi.kinds.batch.job.failure import ended_at, pause, remaining
from onggi.kinds.batch.job.making import indexed_pod, tracked_pod
from onggi.kinds.batch.job.survey import TRACKING, Survey, failures, index_of, is_tracked
from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.predicates import is_ready

BURST = 500  # pods created or deleted in one pass


@dataclass
class Run:
    """What is done about the active pods, and how the figures stand then; ``made`` come on top:
    whether they may be is not for us to say."""

    active: int
    ready: int
    terminating: int
    actions: list[Action] = field(default_factory=list)
    made: list[Action] = field(default_factory=list)
    again_in: timedelta | None = None

    def delete(self, job: View, pods: Sequence[View]) -> None:
        self.actions += delete_pods(job, pods)
        self.active -= len(pods)
        self.terminating += len(pods)
        self.ready -= sum(map(is_ready, pods))


def unchanged(survey: Survey) -> Run:
    return Run(len(survey.active), survey.ready, len(survey.terminating))


def stop(survey: Survey) -> Run:
    """The Job is over: what still runs is stopped, and counted as it ends."""
    run = unchanged(survey)
    run.delete(survey.job, survey.active)
    return run


def keep(survey: Survey) -> Run:
    """As many as the Job wants now."""
    run = unchanged(survey)
    wanted = 0 if survey.spec.get("suspend") else wanted_active(survey)
    surplus = max(len(survey.active) - wanted, 0)
    going = to_remove(survey, surplus)[:BURST]
    if going:
        run.actions += [untrack(pod) for pod in going if is_tracked(pod)]
        run.delete(survey.job, going)  # on purpose: no failure
        return run
    waits = len(survey.terminating) if survey.replaces_only_failed else 0
    if not survey.spec.get("suspend") and (missing := wanted - waits - run.active) > 0:
        add(run, survey, min(missing, BURST))
    return run


def wanted_active(survey: Survey) -> int:
    parallelism: int = survey.spec.get("parallelism") or 0
    if survey.spec.get("completions") is None:
        return len(survey.active) if survey.succeeded else parallelism
    return max(min(survey.completions - survey.succeeded, parallelism), 0)


def to_remove(survey: Survey, surplus: int) -> list[View]:
    """Of an Indexed Job first those that have no index of their own, then the least useful."""
    extra = list(misplaced(survey)) if survey.is_indexed else []
    rest = [pod for pod in survey.active if not any(pod is other for other in extra)]
    return extra + doomed(rest, [], max(surplus - len(extra), 0), survey.now)


def misplaced(survey: Survey) -> Iterator[View]:
    by_index: dict[int, list[View]] = {}
    for pod in survey.active:
        index = index_of(pod)
        if index is None or not survey.has_place(pod):
            yield pod
        else:
            by_index.setdefault(index, []).append(pod)
    for twins in by_index.values():
        yield from doomed(twins, [], len(twins) - 1, survey.now) if len(twins) > 1 else ()


def untrack(pod: View) -> Patch:
    left = [f for f in pod["metadata"]["finalizers"] if f != TRACKING]
    return Patch(POD, pod, {"metadata": {"finalizers": left or None}})


def add(run: Run, survey: Survey, missing: int) -> None:
    if not survey.is_per_index:
        failed = survey.failed_pods
        if wait := pause(failed, survey.succeeded_pods, survey.now):
            run.again_in = wait
            return
    if survey.is_indexed:
        made = [indexed_pod(survey, index) for index in due(run, survey, missing)]
    else:
        made = [tracked_pod(survey.job) for _ in range(missing)]
    run.made = [create_pod(survey.job, pod) for pod in made]


def due(run: Run, survey: Survey, missing: int) -> list[int]:
    """The first indexes without a pod, but for those that failed too shortly ago."""
    free = first_free(survey, missing)
    waits = {index: wait for index in free if (wait := waiting_time(survey, index))}
    if waits:
        run.again_in = min(waits.values())
    return [index for index in free if index not in waits]


def waiting_time(survey: Survey, index: int) -> timedelta:
    before = survey.last_failed.get(index)
    if before is None:
        return timedelta()
    return remaining(sum(failures(before)) + 1, ended_at(before), survey.now)


def first_free(survey: Survey, count: int) -> list[int]:
    taken = indexes_of(survey.active) | survey.succeeded_indexes | survey.failed_indexes
    if survey.replaces_only_failed:
        taken |= indexes_of(survey.terminating)
    found: list[int] = []
    for index in range(survey.completions):
        if len(found) == count:
            break
        if index not in taken:
            found.append(index)
    return found


def indexes_of(pods: Iterable[View]) -> set[int]:
    return {index for pod in pods if (index := index_of(pod)) is not None}
