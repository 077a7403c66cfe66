"""Each pod counts once, whatever fails in between: the status names a pod that ended before its
finalizer is taken off, and counts it only after.

Source: ``trackJobStatusAndRemoveFinalizers`` in ``pkg/controller/job/job_controller.go``.
"""

from dataclasses import dataclass

from onggi.api.objects import Object, View, clone, get
from onggi.kinds.batch import indexes
from onggi.kinds.batch.job.ending import Ending
from onggi.kinds.batch.job.survey import Survey, index_of, is_tracked

MOST = 500  # pods counted in one pass


@dataclass(frozen=True)
class Count:
    """``uncounted`` is written first, then ``pods`` are let go, then ``counted`` is written."""

    uncounted: Object
    counted: Object
    pods: list[View]
    is_whole: bool  # nothing is left for another pass


def count(survey: Survey, ending: Ending | None, status: Object) -> Count:
    """``status`` has all other figures of this pass already."""
    pods = [pod for pod in survey.pods if is_tracked(pod) and may_go(survey, pod, ending)]
    if survey.is_indexed:
        pods.sort(key=lambda pod: index_of(pod) or 0)
    whole, pods = len(pods) <= MOST, pods[:MOST]
    tracked = {pod["metadata"]["uid"] for pod in survey.pods if is_tracked(pod)}
    before = dict(status)
    known = settle(before, survey.uncounted, tracked)
    for pod in pods:
        note(survey, pod, ending, known)
    if survey.is_indexed:
        count_indexes(survey, before, pods)
    first = with_uncounted(before, known)
    last = clone(first)
    rest = settle(last, known, tracked - {pod["metadata"]["uid"] for pod in pods})
    return Count(first, with_uncounted(last, rest), pods, whole)


def with_uncounted(status: Object, known: dict[str, list[str]]) -> Object:
    return status | {"uncountedTerminatedPods": {k: v for k, v in known.items() if v}}


def settle(status: Object, known: dict[str, list[str]], tracked: set[str]) -> dict[str, list[str]]:
    """Count those whose finalizer is gone; the others stay known."""
    rest = {side: [uid for uid in uids if uid in tracked] for side, uids in known.items()}
    for side, uids in known.items():
        if more := len(uids) - len(rest[side]):
            status[side] = (status.get(side) or 0) + more
    return rest


def may_go(survey: Survey, pod: View, ending: Ending | None) -> bool:
    """Whether the pod's fate is sealed, and nothing more is to be learned from it."""
    if survey.job["metadata"].get("deletionTimestamp") or ending:
        return True
    if get(pod, "status.phase") == "Succeeded":
        return True
    if not survey.is_failed(pod):
        return False
    index = index_of(pod)
    kept = survey.last_failed.get(index) if index is not None else None
    return kept is None or kept["metadata"]["uid"] != pod["metadata"]["uid"]


def note(survey: Survey, pod: View, ending: Ending | None, known: dict[str, list[str]]) -> None:
    """Write down that the pod succeeded or failed, unless it is known already."""
    uid = pod["metadata"]["uid"]
    if uid in known["failed"] or uid in known["succeeded"] or not survey.has_place(pod):
        return
    if get(pod, "status.phase") == "Succeeded":
        if not survey.is_indexed:
            known["succeeded"].append(uid)
        return
    ends = ending is not None and not ending.is_success  # then whatever did not succeed failed
    if (survey.is_failed(pod) or ends) and survey.verdict(pod).counts:
        known["failed"].append(uid)


def count_indexes(survey: Survey, status: Object, pods: list[View]) -> None:
    """Successes of an Indexed Job are its indexes: they need no uids."""
    new = {
        index_of(pod)
        for pod in pods
        if get(pod, "status.phase") == "Succeeded" and survey.has_place(pod)
    }
    done = survey.counted_indexes | {index for index in new if index is not None}
    status.pop("completedIndexes", None)  # as those of a Job that has shrunk
    status.pop("succeeded", None)
    if done:
        status |= {"succeeded": len(done), "completedIndexes": indexes.written(done)}
    if survey.is_per_index:
        status["failedIndexes"] = indexes.written(survey.failed_indexes)
