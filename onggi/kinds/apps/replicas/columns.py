"""What ``kubectl get`` prints of ReplicaSets and ReplicationControllers."""

from collections.abc import Callable
from typing import Any

from onggi.api.kind import Column
from onggi.api.objects import View, get
from onggi.kinds.cells import AGE, NAME, containers_of


def columns(definition: str, selector: Callable[[Any], Any]) -> tuple[Column, ...]:
    """``definition`` is the kind's in OpenAPI; ``selector`` shows ``spec.selector``."""
    spec, status = f"@{definition}Spec", f"@{definition}Status"
    return (
        NAME,
        figure("Desired", "spec.replicas", f"{spec}.replicas"),
        figure("Current", "status.replicas", f"{status}.replicas"),
        figure("Ready", "status.readyReplicas", f"{status}.readyReplicas"),
        AGE,
        *containers_of("spec.template"),
        Column("Selector", lambda obj, now: selector(get(obj, "spec.selector")), wide=True,
               description=f"{spec}.selector"),
    )  # fmt: skip


def figure(name: str, path: str, description: str) -> Column:
    def shown(obj: View, now: object) -> Any:
        return get(obj, path, 0)

    return Column(name, shown, "integer", description=description)
