"""The Scale of an object: its three figures, out of it and into it. Pure.

Source: ``pkg/registry/apps/deployment/storage`` (scaleFromDeployment, scaleUpdatedObjectInfo).
"""

from onggi.api.errors import BadRequest, Invalid
from onggi.api.field_error import invalid
from onggi.api.kind import Kind, Scale
from onggi.api.objects import Object, View, parents
from onggi.api.objects import get as read
from onggi.api.selectors import of_labels, of_object

SCALE = Kind(
    group="autoscaling",
    version="v1",
    name="Scale",
    plural="scales",
    schema="io.k8s.api.autoscaling.v1.Scale",
)
KEPT = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def of(kind: Kind, obj: View) -> Object:
    """The Scale of an object."""
    where = paths(kind)
    meta = obj["metadata"]
    status: Object = {"replicas": read(obj, where.status) or 0}
    selector = read(obj, where.selector) or read(obj, "spec.selector")
    if where.labels:
        selector = str(of_labels(read(obj, where.labels)))
    if selector:
        status["selector"] = selector if isinstance(selector, str) else str(of_object(selector))
    replicas = read(obj, where.spec)
    return {
        "kind": SCALE.name,
        "apiVersion": SCALE.api_version,
        "metadata": {name: meta[name] for name in KEPT if name in meta},
        "spec": {"replicas": replicas} if replicas else {},
        "status": status,
    }


def into(kind: Kind, obj: Object, scale: View) -> None:
    """``obj`` with the replicas that ``scale`` wants. Raises Invalid."""
    replicas = read(scale, "spec.replicas") or 0
    check(scale, replicas)
    for field in ("uid", "resourceVersion"):
        if given := scale["metadata"].get(field):
            obj["metadata"][field] = given
    for parent, key in parents(obj, paths(kind).spec):
        parent[key] = replicas


def paths(kind: Kind) -> Scale:
    if kind.scale is None:
        raise BadRequest(f"{kind.name} cannot be scaled")
    return kind.scale


def check(scale: View, replicas: int) -> None:
    if replicas < 0:
        error = invalid("spec.replicas", replicas, "must be greater than or equal to 0")
        raise Invalid("Scale.autoscaling", scale["metadata"].get("name", ""), [error])
