"""Cells that several kinds print: ages, selectors, lists cut short. Upstream's texts.

Sources: ``k8s.io/apimachinery/pkg/labels`` (FormatLabels), ``pkg/apis/meta/v1``
(FormatLabelSelector), ``k8s.io/kubernetes/pkg/printers/internalversion``.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from onggi.api import selectors, times
from onggi.api.durations import human
from onggi.api.kind import Column
from onggi.api.objects import View, get

META = "@io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
NONE, UNKNOWN = "<none>", "<unknown>"
SHOWN = 3  # endpoints, hosts: more are only counted

NAME = Column("Name", "metadata.name", description=f"{META}.name", format="name")
AGE = Column("Age", "metadata.creationTimestamp", "date", description=f"{META}.creationTimestamp")
CREATED_AT = Column(
    "Created At", "metadata.creationTimestamp", description=f"{META}.creationTimestamp"
)


def age(stamp: Any, now: datetime) -> str:
    """How long ago a timestamp was: ``5m30s``; ``<unknown>`` where there is none."""
    return human(now - times.parse(stamp)) if stamp else UNKNOWN


def shortened(items: Sequence[str], count: int | None = None, empty: str = NONE) -> str:
    """The first three, and how many more there are."""
    count = len(items) if count is None else count
    text = ",".join(items[:SHOWN])
    if count > SHOWN:
        return f"{text} + {count - SHOWN} more..."
    return text or empty


def ready(workload: View, now: datetime) -> str:
    """``2/3``: replicas that are ready, of those that are wanted."""
    return f"{get(workload, 'status.readyReplicas', 0)}/{get(workload, 'spec.replicas', 0)}"


def label_map(labels: Mapping[str, str] | None) -> str:
    """``a=1,b=2``"""
    return ",".join(f"{key}={value}" for key, value in sorted((labels or {}).items())) or NONE


def label_selector(selector: View | None, empty: str = NONE, invalid: str = "<error>") -> str:
    """A metav1.LabelSelector as the text that ``-l`` takes."""
    try:
        return str(selectors.of_object(selector or {})) or empty
    except selectors.SelectorError:
        return invalid


def containers_of(path: str) -> tuple[Column, Column]:
    """The two wide columns of everything that has a pod template at ``path``."""

    def names(obj: View, now: datetime) -> str:
        return ",".join(c.get("name", "") for c in get(obj, f"{path}.spec.containers") or ())

    def images(obj: View, now: datetime) -> str:
        return ",".join(c.get("image", "") for c in get(obj, f"{path}.spec.containers") or ())

    return (
        Column("Containers", names, wide=True,
               description="Names of each container in the template."),
        Column("Images", images, wide=True,
               description="Images referenced by each container in the template."),
    )  # fmt: skip


def ingress_points(obj: View) -> list[str]:
    """Addresses and names in ``status.loadBalancer``, sorted, each once."""
    points = get(obj, "status.loadBalancer.ingress") or ()
    return sorted({point.get("ip") or point.get("hostname") or "" for point in points} - {""})
