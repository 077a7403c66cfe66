"""The pods that a Job makes: tracked by a finalizer, and of an Indexed Job each with its index.

Source: ``manageJob`` in ``pkg/controller/job/job_controller.go``, ``indexed_job_utils.go``.
"""

from collections.abc import Iterator

from onggi.api.objects import Object, View
from onggi.kinds.apps.pods import new_pod
from onggi.kinds.batch.job.survey import FAILURES, IGNORED, INDEX, TRACKING, Survey, failures

VARIABLE = "JOB_COMPLETION_INDEX"
LONGEST_BASE = 58  # characters before the five that the server adds


def tracked_pod(job: View) -> Object:
    pod = new_pod(job, job["spec"]["template"])
    finalizers = pod["metadata"].setdefault("finalizers", [])
    if TRACKING not in finalizers:
        finalizers.append(TRACKING)
    return pod


def indexed_pod(survey: Survey, index: int) -> Object:
    """``pi-3-x8f2k``, with hostname ``pi-3``."""
    job, pod = survey.job, tracked_pod(survey.job)
    name, meta = job["metadata"]["name"], pod["metadata"]
    tail = f"-{index}-"
    meta["generateName"] = f"{name[: LONGEST_BASE - len(tail)]}{tail}"
    for field in ("annotations", "labels"):
        meta.setdefault(field, {})[INDEX] = str(index)
    pod["spec"]["hostname"] = f"{name}-{index}"
    if survey.is_per_index:
        counted, ignored = next_failures(survey, survey.last_failed.get(index))
        meta["annotations"][FAILURES] = str(counted)
        if ignored:
            meta["annotations"][IGNORED] = str(ignored)
    for container in containers(pod["spec"]):
        tell_index(container)
    return pod


def containers(spec: Object) -> Iterator[Object]:
    for field in ("initContainers", "containers"):
        yield from spec.get(field) or ()


def tell_index(container: Object) -> None:
    env = container.get("env") or []
    if any(variable.get("name") == VARIABLE for variable in env):
        return
    source = {"apiVersion": "v1", "fieldPath": f"metadata.labels['{INDEX}']"}
    container["env"] = [*env, {"name": VARIABLE, "valueFrom": {"fieldRef": source}}]


def next_failures(survey: Survey, before: View | None) -> tuple[int, int]:
    """What the successor of a failed pod has behind it."""
    if before is None:
        return 0, 0
    counted, ignored = failures(before)
    return (counted + 1, ignored) if survey.verdict(before).counts else (counted, ignored + 1)
