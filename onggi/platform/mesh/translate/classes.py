"""Which Ingresses are ours. Pure.

Source: the IngressClass documentation: by ``ingressClassName``, by the old annotation, or,
where an Ingress names neither, by a class that is marked as the default.
"""

from collections.abc import Iterable, Sequence

from onggi.api.objects import Object, View, get

CONTROLLER = "onggi.dev/ingress"
CLASS = "onggi"
DEFAULT = "ingressclass.kubernetes.io/is-default-class"
OLD_ANNOTATION = "kubernetes.io/ingress.class"


def own_class(others: Iterable[View]) -> Object:
    """The class that is made where there is none; the default unless another one is."""
    taken = any(is_default(other) for other in others)
    annotations = {} if taken else {"annotations": {DEFAULT: "true"}}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": {"name": CLASS, **annotations},
        "spec": {"controller": CONTROLLER},
    }


def is_default(ingress_class: View) -> bool:
    return (ingress_class["metadata"].get("annotations") or {}).get(DEFAULT) == "true"


def ours(ingresses: Iterable[View], classes: Iterable[View]) -> list[View]:
    """Those that we serve, the oldest first: of two that want the same, the older has it."""
    mine = [c for c in classes if get(c, "spec.controller") == CONTROLLER]
    names = {c["metadata"]["name"] for c in mine}
    default = any(is_default(c) for c in mine)
    chosen = [i for i in ingresses if (class_of(i) in names if class_of(i) else default)]
    return sorted(chosen, key=age)


def class_of(ingress: View) -> str:
    annotations = ingress["metadata"].get("annotations") or {}
    return get(ingress, "spec.ingressClassName") or annotations.get(OLD_ANNOTATION) or ""


def age(obj: View) -> tuple[str, str, str]:
    meta = obj["metadata"]
    return meta.get("creationTimestamp") or "", meta.get("namespace", ""), meta["name"]


def with_address(status: View, addresses: Sequence[str]) -> Object | None:
    """The status that names our addresses, or None if it does already."""
    wanted = [{"ip": address} for address in addresses]
    if (get(status, "loadBalancer.ingress") or []) == wanted:
        return None
    return {**status, "loadBalancer": {"ingress": wanted}}
