"""Which pods a disruption budget would rather see stay. Pure.

Source: ``filterPodsWithPDBViolation`` in ``pkg/scheduler/framework/plugins/defaultpreemption``.
"""

from collections.abc import Sequence

from onggi.api.objects import View, get
from onggi.kinds.policy.poddisruptionbudget.budget import selects
from onggi.scheduler.facts import PodFacts


def protected(pods: Sequence[PodFacts], budgets: Sequence[View]) -> set[str]:
    """The uids of those that are one too many for a budget, if all went in this order. Pods
    whose eviction was granted already cost nothing; an empty selector protects nobody here."""
    left = {id(pdb): get(pdb, "status.disruptionsAllowed") or 0 for pdb in budgets}
    found = set()
    for pod in pods:
        for pdb in budgets:
            if not guards(pdb, pod):
                continue
            left[id(pdb)] -= 1
            if left[id(pdb)] < 0:
                found.add(pod.uid)
    return found


def guards(pdb: View, pod: PodFacts) -> bool:
    if pdb["metadata"]["namespace"] != pod.namespace or not pod.labels:
        return False
    if not any((get(pdb, "spec.selector") or {}).values()) or not selects(pdb, pod.pod):
        return False
    return pod.pod["metadata"]["name"] not in (get(pdb, "status.disruptedPods") or {})
