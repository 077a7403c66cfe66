"""Failed pods: what the policy says of them, when they ended, how long to wait before the next.

Source: ``pkg/controller/job/{pod_failure_policy,backoff_utils}.go``.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from onggi.api.objects import View, get
from onggi.api.times import parse
from onggi.kinds.core.pod.predicates import condition

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=10)


class Verdict(NamedTuple):
    """What the policy makes of a failed pod: an action or "", and for FailJob the message."""

    counts: bool = True
    action: str = ""
    message: str = ""


def judge(policy: View | None, pod: View) -> Verdict:
    """By the first rule that matches."""
    for index, rule in enumerate((policy or {}).get("rules") or ()):
        if why := matched(rule, pod):
            action = rule["action"]
            message = f"{why} matching {action} rule at index {index}"
            return Verdict(action != "Ignore", action, message if action == "FailJob" else "")
    return Verdict()


def matched(rule: View, pod: View) -> str:
    """The first half of upstream's message, where the rule is about this pod."""
    meta = pod["metadata"]
    place = f"{meta['namespace']}/{meta['name']}"
    if rule.get("onExitCodes") is not None:
        if found := matching_container(rule["onExitCodes"], pod):
            name, code = found["name"], found["state"]["terminated"]["exitCode"]
            return f"Container {name} for pod {place} failed with exit code {code}"
        return ""
    for pattern in rule.get("onPodConditions") or ():
        found = condition(pod, pattern["type"])
        if found and found.get("status") == pattern["status"]:
            return f"Pod {place} has condition {pattern['type']}"
    return ""


def matching_container(wanted: View, pod: View) -> View | None:
    for field in ("containerStatuses", "initContainerStatuses"):
        for status in get(pod, f"status.{field}") or ():
            code = get(status, "state.terminated.exitCode") or 0
            mine = wanted.get("containerName") in (None, status.get("name"))
            if mine and code != 0 and (code in wanted["values"]) == (wanted["operator"] == "In"):
                return status
    return None


def ended_at(pod: View) -> datetime | None:
    """When its last container ended; of a pod that never ran, when its deletion began."""
    statuses = get(pod, "status.containerStatuses") or ()
    times = [get(s, "state.terminated.finishedAt") for s in statuses]
    if times and all(times):
        return max(map(parse, times))
    if text := get(pod, "metadata.deletionTimestamp"):
        return parse(text) - timedelta(seconds=get(pod, "metadata.deletionGracePeriodSeconds") or 0)
    ready = condition(pod, "Ready")
    if ready and ready.get("lastTransitionTime"):
        return parse(ready["lastTransitionTime"])
    made = get(pod, "metadata.creationTimestamp")
    return parse(made) if made else None


def pause(failed: Iterable[View], succeeded: Iterable[View], now: datetime) -> timedelta:
    """How long no pod is made yet: longer with each failure since the last success."""
    good = [at for pod in succeeded if (at := ended_at(pod))]
    last = max(good, default=None)
    bad = [at for pod in failed if (at := ended_at(pod)) and (last is None or at > last)]
    return remaining(len(bad), max(bad, default=None), now)


def remaining(failures: int, last: datetime | None, now: datetime) -> timedelta:
    if not failures or last is None:
        return timedelta()
    wait = min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
    return max(last + wait - now, timedelta())


def restarts(pods: Sequence[View]) -> int:
    """Of all containers of pods that may still go on."""
    fields = ("initContainerStatuses", "containerStatuses")
    return sum(
        status.get("restartCount") or 0
        for pod in pods
        if get(pod, "status.phase") in ("Running", "Pending")
        for field in fields
        for status in get(pod, f"status.{field}") or ()
    )
