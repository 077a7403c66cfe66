"""A pod of an owner's template.

Source: ``GetPodFromTemplate`` in ``pkg/controller/controller_utils.go``.
"""

from onggi.api.names import RULES
from onggi.api.objects import Object, View, clone_value, owner_reference

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
