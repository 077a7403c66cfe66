"""The Scale of an object: its three figures, out of it and into it. Pure.

Source: ``pkg/registry/apps/deployment/storage`` (scaleFromDeployment, scaleUpdatedObjectInfo).
"""

from onggi.api.errors import BadRequest, InternalError, Invalid
from onggi.api.field_error import invalid
from onggi.api.gotext import type_name, verb_v
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
    if kind.custom:
        check_custom(obj, where)
    status: Object = {"replicas": read(obj, where.status) or 0}
    selector = read(obj, where.selector) if where.selector else None
    if not selector and not kind.custom:
        selector = read(obj, "spec.selector")
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
    try:
        for parent, key in parents(obj, paths(kind).spec):
            parent[key] = replicas
    except (AttributeError, TypeError):  # something on the way is no object
        path = paths(kind).spec.rpartition(".")[0]
        raise BadRequest(
            f"value cannot be set because .{path} is not a map[string]interface{{}}"
        ) from None


def check_wanted(kind: Kind, obj: View) -> None:
    """Whose replicas nobody ever wanted has no Scale to show. Raises InternalError."""
    where = paths(kind)
    if kind.custom and read(obj, where.spec) is None:
        raise InternalError(f'the spec replicas field ".{where.spec}" does not exist')


def check_custom(obj: View, where: Scale) -> None:
    """A custom resource need not have what its definition says it has. Raises InternalError."""
    for path, wanted in ((where.spec, int), (where.status, int), (where.selector, str)):
        value = read(obj, path) if path else None
        if value is not None and (type(value) is not wanted):
            shown = {int: "int64", str: "string"}[wanted]
            raise InternalError(
                f".{path} accessor error: {verb_v(value)} is of the type {type_name(value)}, "
                f"expected {shown}"
            )


def paths(kind: Kind) -> Scale:
    if kind.scale is None:
        raise BadRequest(f"{kind.name} cannot be scaled")
    return kind.scale


def check(scale: View, replicas: int) -> None:
    if replicas < 0:
        error = invalid("spec.replicas", replicas, "must be greater than or equal to 0")
        raise Invalid("Scale.autoscaling", scale["metadata"].get("name", ""), [error])
