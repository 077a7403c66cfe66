"""A Job's pods, sorted by what they mean for it. Pure, and made anew for every pass.

Source: ``pkg/controller/job/{job_controller,indexed_job_utils}.go``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from onggi.api.objects import View, get
from onggi.kinds.batch import indexes
from onggi.kinds.batch.job.failure import Verdict, ended_at, judge
from onggi.kinds.core.pod.predicates import is_active, is_finished, is_ready, is_terminating

TRACKING = "batch.kubernetes.io/job-tracking"  # the finalizer of pods that are not counted yet
INDEX = "batch.kubernetes.io/job-completion-index"  # annotation and label
FAILURES = "batch.kubernetes.io/job-index-failure-count"
IGNORED = "batch.kubernetes.io/job-index-ignored-failure-count"
OURSELVES = "kubernetes.io/job-controller"


def is_ours(job: View) -> bool:
    return get(job, "spec.managedBy") in (None, OURSELVES)


def is_tracked(pod: View) -> bool:
    return TRACKING in (get(pod, "metadata.finalizers") or ())


def index_of(pod: View) -> int | None:
    return number(pod, INDEX)


def number(pod: View, annotation: str) -> int | None:
    text = (get(pod, "metadata.annotations") or {}).get(annotation, "")
    return int(text) if text.isascii() and text.isdigit() else None


def failures(pod: View) -> tuple[int, int]:
    """How often its index had failed before it: counted, and ignored by the policy."""
    return number(pod, FAILURES) or 0, number(pod, IGNORED) or 0


@dataclass(frozen=True)
class Survey:
    """``pods`` are all that the Job controls."""

    job: View
    pods: Sequence[View]
    now: datetime

    @cached_property
    def spec(self) -> View:
        return self.job["spec"]

    @cached_property
    def status(self) -> View:
        return self.job.get("status") or {}

    @property
    def is_indexed(self) -> bool:
        return self.spec.get("completionMode") == "Indexed"

    @property
    def is_per_index(self) -> bool:
        return self.is_indexed and self.spec.get("backoffLimitPerIndex") is not None

    @property
    def replaces_only_failed(self) -> bool:
        return self.spec.get("podReplacementPolicy") == "Failed"

    @property
    def completions(self) -> int:
        return self.spec.get("completions") or 0

    def has_place(self, pod: View) -> bool:
        """An Indexed Job knows only the indexes that it has."""
        if not self.is_indexed:
            return True
        index = index_of(pod)
        return index is not None and index < self.completions

    def is_failed(self, pod: View) -> bool:
        """Also if it was deleted before it could end, unless only failed pods are replaced."""
        phase = get(pod, "status.phase")
        gone = not self.replaces_only_failed and is_terminating(pod)
        return phase == "Failed" or (gone and phase != "Succeeded")

    def verdict(self, pod: View) -> Verdict:
        return judge(self.spec.get("podFailurePolicy"), pod)

    @cached_property
    def active(self) -> list[View]:
        return [pod for pod in self.pods if is_active(pod)]

    @cached_property
    def ready(self) -> int:
        return sum(map(is_ready, self.active))

    @cached_property
    def terminating(self) -> list[View]:
        return [pod for pod in self.pods if is_terminating(pod) and not is_finished(pod)]

    @cached_property
    def uncounted(self) -> dict[str, list[str]]:
        """uids that the status keeps until their finalizers are gone."""
        kept = self.status.get("uncountedTerminatedPods") or {}
        return {side: list(kept.get(side) or ()) for side in ("succeeded", "failed")}

    @cached_property
    def failed_pods(self) -> list[View]:
        return [pod for pod in self.pods if self.is_failed(pod)]

    @cached_property
    def succeeded_pods(self) -> list[View]:
        return [pod for pod in self.pods if get(pod, "status.phase") == "Succeeded"]

    def news(self, pods: Iterable[View], side: str) -> list[View]:
        """Those that the status does not know of yet."""
        known = self.uncounted[side]
        return [
            pod
            for pod in pods
            if is_tracked(pod) and self.has_place(pod) and pod["metadata"]["uid"] not in known
        ]

    @cached_property
    def succeeded(self) -> int:
        if self.is_indexed:
            return len(self.succeeded_indexes)
        new = self.news(self.succeeded_pods, "succeeded")
        return (self.status.get("succeeded") or 0) + len(new) + len(self.uncounted["succeeded"])

    @cached_property
    def failed(self) -> int:
        new = [pod for pod in self.news(self.failed_pods, "failed") if self.verdict(pod).counts]
        return (self.status.get("failed") or 0) + len(new) + len(self.uncounted["failed"])

    @cached_property
    def counted_indexes(self) -> set[int]:
        return indexes.parse(self.status.get("completedIndexes") or "", self.completions)

    @cached_property
    def succeeded_indexes(self) -> set[int]:
        new = {index_of(p) for p in self.succeeded_pods if is_tracked(p) and self.has_place(p)}
        return self.counted_indexes | {i for i in new if i is not None}

    @cached_property
    def failed_indexes(self) -> set[int]:
        """Those that will not be tried again."""
        known = indexes.parse(self.status.get("failedIndexes") or "", self.completions)
        if not self.is_per_index:
            return known
        new = {index_of(p) for p in self.failed_pods if is_tracked(p) and self.has_place(p)
               and self.ends_index(p)}  # fmt: skip
        return known | {i for i in new if i is not None}

    def ends_index(self, pod: View) -> bool:
        verdict = self.verdict(pod)
        if verdict.action == "FailIndex":
            return True
        limit: int = self.spec["backoffLimitPerIndex"]
        return verdict.counts and failures(pod)[0] >= limit

    @cached_property
    def last_failed(self) -> dict[int, View]:
        """By index: the pod whose failures its successor must go on counting from."""
        busy = {index_of(pod) for pod in self.active}
        busy |= self.succeeded_indexes | self.failed_indexes
        found: dict[int, View] = {}
        for pod in self.failed_pods if self.is_per_index else ():
            index = index_of(pod)
            if index is None or index in busy or not (is_tracked(pod) and self.has_place(pod)):
                continue
            if index not in found or order(found[index]) <= order(pod):
                found[index] = pod
        return found


def order(pod: View) -> tuple[int, float]:
    at = ended_at(pod)
    return sum(failures(pod)), at.timestamp() if at else 0.0
