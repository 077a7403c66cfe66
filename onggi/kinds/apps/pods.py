"""A pod of an owner's template; making and deleting pods, with the owner's events.

Source: ``GetPodFromTemplate``, ``RealPodControl`` in ``pkg/controller/controller_utils.go``.
"""

from collections.abc import Iterator, Sequence

from onggi.api.names import RULES
from onggi.api.objects import Object, View, clone_value, owner_reference
from onggi.api.plan import Action, Create, Delete, Emit
from onggi.kinds.core.pod import POD

KEPT = ("labels", "annotations", "finalizers")


def new_pod(owner: View, template: View) -> Object:
    """Its name is made from the owner's; whoever names pods differently replaces it."""
    name = owner["metadata"]["name"]
    given = {k: clone_value(v) for k, v in (template.get("metadata") or {}).items() if k in KEPT}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            **given,
            "generateName": prefix(name),
            "namespace": owner["metadata"]["namespace"],
            "ownerReferences": [owner_reference(owner)],
        },
        "spec": clone_value(template.get("spec") or {}),
    }


def prefix(name: str) -> str:
    """``web-``; of a name that is too long for that, itself."""
    return name if RULES["subdomain"](f"{name}-", True) else f"{name}-"


def create_pod(owner: View, pod: Object) -> Create:
    return Create(
        POD,
        pod,
        done=lambda made: [
            Emit(owner, "SuccessfulCreate", f"Created pod: {made['metadata']['name']}")
        ],
        failed=lambda e: [Emit(owner, "FailedCreate", f"Error creating: {e.message}", "Warning")],
    )


def delete_pods(owner: View, pods: Sequence[View]) -> Iterator[Action]:
    """All deletions first, so that they run side by side."""
    yield from (Delete(POD, pod) for pod in pods)
    for pod in pods:
        yield Emit(owner, "SuccessfulDelete", f"Deleted pod: {pod['metadata']['name']}")
