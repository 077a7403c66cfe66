"""What ReplicaSets remember of their Deployment in annotations: revision, history, sizes.

``kubectl rollout history`` and ``undo`` read these. Source: ``util/deployment_util.go``.
"""

from collections.abc import Iterable

from onggi.api.objects import View, get
from onggi.kinds.apps.deployment.rollout import Limits

REVISION = "deployment.kubernetes.io/revision"
HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MOST = "deployment.kubernetes.io/max-replicas"
NOT_COPIED = (
    "kubectl.kubernetes.io/last-applied-configuration",
    REVISION,
    HISTORY,
    DESIRED,
    MOST,
    "deprecated.deployment.rollback.to",
)
HISTORY_LENGTH = 2000  # characters

Annotations = dict[str, str]


def annotations(obj: View) -> Annotations:
    return dict(get(obj, "metadata.annotations") or {})


def number(obj: View, annotation: str) -> int | None:
    """A number that an annotation says; None if it is not there or no number."""
    try:
        return int(annotations(obj)[annotation])
    except (KeyError, ValueError):
        return None


def revision(rs: View) -> int:
    return number(rs, REVISION) or 0


def next_revision(old: Iterable[View]) -> int:
    return max(map(revision, old), default=0) + 1


def sizes(limits: Limits) -> Annotations:
    return {DESIRED: str(limits.want), MOST: str(limits.most)}


def updated(d: View, rs: View, new_revision: int) -> Annotations:
    """All annotations that the new ReplicaSet should have; it gets no new sizes this way."""
    own = annotations(rs)
    copied = {k: v for k, v in annotations(d).items() if k not in NOT_COPIED}
    merged = own | copied
    text = own.get(REVISION, "")
    try:
        present = int(text or 0)
    except ValueError:
        return merged
    if present >= new_revision:
        return merged
    merged[REVISION] = str(new_revision)
    if text:
        merged[HISTORY] = with_revision(own.get(HISTORY, ""), text)
    return merged


def with_revision(history: str, revision: str) -> str:
    """The revision added at the end, the oldest dropped where there is no room."""
    if not history:
        return revision
    entries = [*history.split(","), revision]
    while len(",".join(entries)) > HISTORY_LENGTH and len(entries) > 1:
        del entries[0]
    return ",".join(entries)
