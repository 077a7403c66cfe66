"""Whether a pod may be evicted now, and what that costs the budget that protects it.

Source: ``pkg/registry/core/pod/storage/eviction.go``.
"""

from collections.abc import Iterable
from datetime import datetime

from onggi.api.conditions import find, without
from onggi.api.errors import Forbidden, StatusError, TooManyRequests
from onggi.api.objects import Object, View, clone, get
from onggi.api.times import stamp
from onggi.kinds.core.pod.predicates import is_finished, is_ready, is_terminating
from onggi.kinds.policy.poddisruptionbudget.budget import selects
from onggi.kinds.policy.poddisruptionbudget.reconcile import TARGET, allowance, with_allowance

MOST = 2000  # evictions that the controller has not confirmed yet
REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."
BUDGET = "poddisruptionbudget.policy"


def is_free(pod: View) -> bool:
    """It serves nobody: no budget protects it."""
    return is_finished(pod) or is_terminating(pod) or get(pod, "status.phase") == "Pending"


def budgets_of(pod: View, budgets: Iterable[View]) -> list[View]:
    if not get(pod, "metadata.labels"):
        return []
    return [pdb for pdb in budgets if selects(pdb, pod)]


def is_no_loss(pod: View, pdb: View) -> bool:
    """An unready pod counts for nothing, if its budget says so or holds without it."""
    if is_ready(pod):
        return False
    if get(pdb, "spec.unhealthyPodEvictionPolicy") == "AlwaysAllow":
        return True
    wanted = get(pdb, "status.desiredHealthy") or 0
    return wanted > 0 and (get(pdb, "status.currentHealthy") or 0) >= wanted


def spent(pdb: View, pod: str, now: datetime) -> Object:
    """The budget with one disruption less; raises TooManyRequests or Forbidden."""
    status, name = pdb.get("status") or {}, pdb["metadata"]["name"]
    allowed: int = status.get("disruptionsAllowed") or 0
    if (status.get("observedGeneration") or 0) < (get(pdb, "metadata.generation") or 0):
        raise processing(name)
    if allowed < 0:
        raise Forbidden(BUDGET, name, "pdb disruptions allowed is negative")
    if len(status.get("disruptedPods") or {}) > MOST:
        why = "DisruptedPods map too big - too many evictions not confirmed by PDB controller"
        raise Forbidden(BUDGET, name, why)
    if allowed == 0:
        raise refused(why_not(pdb))
    new = clone(pdb)
    new["status"]["disruptionsAllowed"] = allowed - 1
    if allowed == 1:
        condition = allowance(0, get(pdb, "metadata.generation") or 0)
        conditions = new["status"].get("conditions") or ()
        new["status"]["conditions"] = with_allowance(conditions, condition, now)
    new["status"].setdefault("disruptedPods", {})[pod] = stamp(now)
    return new


def why_not(pdb: View) -> str:
    status, name = pdb.get("status") or {}, pdb["metadata"]["name"]
    wanted, healthy = status.get("desiredHealthy") or 0, status.get("currentHealthy") or 0
    if healthy <= wanted:
        return (
            f"The disruption budget {name} needs {wanted} healthy pods and has {healthy} currently"
        )
    failure = (find(pdb, "DisruptionAllowed") or {}).get("message", "")
    return (
        f"The disruption budget {name} does not allow evicting pods currently because it failed "
        f"sync: {failure}"
    )


def refused(why: str, seconds: int = 0) -> StatusError:
    details: Object = {"causes": [{"reason": "DisruptionBudget", "message": why}]}
    if seconds:
        details["retryAfterSeconds"] = seconds
    return TooManyRequests(REFUSED, details)


def processing(budget: str) -> StatusError:
    why = f"The disruption budget {budget} is still being processed by the server."
    return refused(why, seconds=10)


def announced(pod: View, now: datetime) -> Object:
    """The pod with the condition that says why it goes."""
    new = clone(pod)
    condition = {
        "type": TARGET,
        "status": "True",
        "lastTransitionTime": stamp(now),
        "reason": "EvictionByEvictionAPI",
        "message": "Eviction API: evicting",
    }
    if generation := get(pod, "metadata.generation"):
        condition["observedGeneration"] = generation
    status = new.setdefault("status", {})
    status["conditions"] = [*without(status.get("conditions"), TARGET), condition]
    return new
