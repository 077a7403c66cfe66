"""What users read about a pod that fits nowhere. Pure.

Source: v1.37 ``pkg/scheduler/framework/types.go`` (FitError) and ``preemption.go``. Tools
parse these sentences, so they are upstream's to the letter, down to the clause about
resource claims that a claimless pod gets.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from onggi.api.objects import View
from onggi.scheduler.choose import Unschedulable
from onggi.scheduler.filters import Reason

NO_NODES = "no nodes available to schedule pods"
NO_CLAIMS = "no new claims to deallocate"
NEVER = "not eligible due to preemptionPolicy=Never."
HOPELESS = "Preemption is not helpful for scheduling"
NO_VICTIMS = "No preemption victims found for incoming pod"


def sentence(nodes: int, reasons: Iterable[str]) -> str:
    """``0/3 nodes are available: 1 Insufficient cpu, 2 Too many pods.``"""
    counted = sorted(f"{count} {text}" for text, count in Counter(reasons).items())
    return f"0/{nodes} nodes are available: {', '.join(counted)}."


def unschedulable(pod: View, found: Unschedulable) -> str:
    """The message of the PodScheduled condition and of the FailedScheduling event."""
    if not found.nodes:
        return NO_NODES
    all_reasons = [reason.text for reasons in found.reasons.values() for reason in reasons]
    return f"{sentence(found.nodes, all_reasons)} {NO_CLAIMS}, preemption: {aid(pod, found)}"


def aid(pod: View, found: Unschedulable) -> str:
    """What deleting other pods could do; only asked where no victims were found."""
    if pod["spec"].get("preemptionPolicy") == "Never":
        return NEVER
    hopeless = [is_hopeless(reasons) for reasons in found.reasons.values()]
    return sentence(found.nodes, (HOPELESS if h else NO_VICTIMS for h in hopeless))


def is_hopeless(reasons: Sequence[Reason]) -> bool:
    return any(reason.hopeless for reason in reasons)


def condition(pod: View, message: str, now: str, reason: str = "Unschedulable") -> View | None:
    """The PodScheduled condition to write, or None if it says so already."""
    wanted = {"status": "False", "reason": reason, "message": message}
    conditions: Sequence[Mapping[str, str]] = (pod.get("status") or {}).get("conditions") or ()
    seen: Mapping[str, str] = next((c for c in conditions if c["type"] == "PodScheduled"), {})
    if all(seen.get(key) == value for key, value in wanted.items()):
        return None
    changed = now if seen.get("status") != "False" else seen.get("lastTransitionTime", now)
    generation = pod["metadata"].get("generation")
    extra = {"observedGeneration": generation} if generation else {}
    return {
        "type": "PodScheduled",
        "lastProbeTime": None,
        "lastTransitionTime": changed,
        **wanted,
        **extra,
    }


def disruption(victim: View, scheduler: str, now: str) -> View:
    """The condition of a pod that is sent away for a more important one."""
    generation = victim["metadata"].get("generation")
    return {
        "type": "DisruptionTarget",
        "status": "True",
        "reason": "PreemptionByScheduler",
        "message": f"{scheduler}: preempting to accommodate a higher priority pod",
        "lastTransitionTime": now,
        **({"observedGeneration": generation} if generation else {}),
    }
