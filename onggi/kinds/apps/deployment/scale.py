"""A Deployment is scaled: every ReplicaSet gets its share of the new size.

Also in the middle of a rollout, and when one is paused. Source: ``sync.go`` (scale).
"""

from onggi.api.objects import View, get
from onggi.kinds.apps.deployment import revision
from onggi.kinds.apps.deployment.rollout import Share, spread
from onggi.kinds.apps.deployment.step import Pass, age, resize, resize_all, size_of


def is_scaled(p: Pass) -> bool:
    """Somebody changed ``spec.replicas`` since the ReplicaSets got their sizes."""
    known = [revision.number(rs, revision.DESIRED) for rs in p.sets if rs["spec"]["replicas"]]
    return any(n is not None and n != p.limits.want for n in known)


def scale(p: Pass) -> None:
    """Give every ReplicaSet its share of the new size (or of a paused rollout's)."""
    active = [rs for rs in p.sets if rs["spec"]["replicas"]]
    if len(active) <= 1:
        latest = [*active, *([p.new] if p.new else []), *reversed(p.old)]
        if latest:
            resize(p, latest[0], p.limits.want, annotate=True)
    elif is_saturated(p):
        resize_all(p, p.old, [0] * len(p.old))
    elif get(p.d, "spec.strategy.type") == "RollingUpdate":
        scale_in_proportion(p, active)


def scale_in_proportion(p: Pass, active: list[View]) -> None:
    """Large ReplicaSets first; of equals the newer grow first and the older shrink first."""
    grows = p.limits.most > sum(rs["spec"]["replicas"] for rs in active)
    active.sort(key=age, reverse=grows)
    active.sort(key=lambda rs: rs["spec"]["replicas"], reverse=True)
    before = get(p.d, "status.replicas", 0)
    shares = [
        Share(rs["spec"]["replicas"], revision.number(rs, revision.MOST) or before) for rs in active
    ]
    for rs, size in zip(active, spread(p.limits, shares), strict=True):
        resize(p, rs, size, annotate=True)


def is_saturated(p: Pass) -> bool:
    """The new ReplicaSet has all its pods, available."""
    if p.new is None:
        return False
    desired = revision.number(p.new, revision.DESIRED)
    return {*size_of(p.new), desired} == {p.limits.want}
