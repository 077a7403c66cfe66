"""What a ReplicaSet's status says about its pods.

Source: ``pkg/controller/replicaset/replica_set_utils.go``.
"""

from collections.abc import Sequence
from datetime import datetime

from onggi.api.objects import Object, View, get
from onggi.api.times import stamp
from onggi.kinds.core.pod.predicates import is_available, is_ready

FAILURE = "ReplicaFailure"


def observe(rs: View, active: Sequence[View], terminating: int, now: datetime) -> Object:
    """The status without conditions; zeros are left out where upstream leaves them out."""
    wanted = (get(rs, "spec.template.metadata.labels") or {}).items()
    seconds = get(rs, "spec.minReadySeconds", 0)
    figures = {
        "fullyLabeledReplicas": sum(
            wanted <= (get(p, "metadata.labels") or {}).items() for p in active
        ),
        "readyReplicas": sum(map(is_ready, active)),
        "availableReplicas": sum(is_available(p, seconds, now) for p in active),
        "observedGeneration": get(rs, "metadata.generation", 0),
    }
    shown = {name: figure for name, figure in figures.items() if figure}
    return {"replicas": len(active), "terminatingReplicas": terminating, **shown}


def with_failure(
    rs: View, status: Object, failure: tuple[str, str] | None, now: datetime
) -> Object:
    """With condition ReplicaFailure as the last attempt went: (reason, message) or fine."""
    conditions = [dict(c) for c in get(rs, "status.conditions") or ()]
    known = any(c["type"] == FAILURE for c in conditions)
    if failure and not known:
        condition = {"type": FAILURE, "status": "True", "lastTransitionTime": stamp(now)}
        conditions.append(condition | {"reason": failure[0], "message": failure[1]})
    elif not failure:
        conditions = [c for c in conditions if c["type"] != FAILURE]
    return status | ({"conditions": conditions} if conditions else {})
