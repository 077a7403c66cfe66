"""The ``scale`` subresource: the three figures of anything that has replicas.

Source: ``pkg/registry/apps/deployment/storage`` (ScaleREST, scaleUpdatedObjectInfo).
"""

from collections.abc import Callable

from onggi.api.errors import BadRequest, Invalid
from onggi.api.field_error import invalid
from onggi.api.http import Answer, Response
from onggi.api.kind import Kind, Scale
from onggi.api.objects import Object, View, clone, parents
from onggi.api.objects import get as read
from onggi.api.selectors import of_labels, of_object
from onggi.apiserver import respond, strategy
from onggi.apiserver.body import decoded
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.options import write_options
from onggi.apiserver.verbs.get import found
from onggi.apiserver.verbs.patch import patch_of, patched
from onggi.apiserver.verbs.update import update_object
from onggi.store.store import Record, decode, encode

SCALE = Kind(
    group="autoscaling",
    version="v1",
    name="Scale",
    plural="scales",
    schema="io.k8s.api.autoscaling.v1.Scale",
)
KEPT = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


async def get_scale(backend: Backend, call: Call) -> Answer:
    return answered(backend, call, found(backend, call))


async def update_scale(backend: Backend, call: Call) -> Answer:
    options = write_options(call.request, "UpdateOptions")
    scale = decoded(backend, call, SCALE, options)
    strategy.match_namespace(scale, call.namespace)
    strategy.match_name(scale, call.target.name)
    sent = encode(scale)
    written = await update_object(backend, call, scaled(call, lambda old: decode(sent)), options)
    return answered(backend, call, written)


async def patch_scale(backend: Backend, call: Call) -> Answer:
    options = write_options(call.request, "PatchOptions")
    found = patch_of(call, SCALE)

    def change(old: View) -> Object:
        return patched(backend, call, SCALE, (found, of(call.kind, old)), options)

    written = await update_object(backend, call, scaled(call, change), options)
    return answered(backend, call, written)


def answered(backend: Backend, call: Call, record: Record) -> Response:
    return Response(body=of(call.kind, record.object), headers=respond.warned(call))


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


def paths(kind: Kind) -> Scale:
    if kind.scale is None:
        raise BadRequest(f"{kind.name} cannot be scaled")
    return kind.scale


def scaled(call: Call, change: Callable[[View], Object]) -> Callable[[View], Object]:
    """A change of the object's Scale as a change of the object."""

    def whole(old: View) -> Object:
        scale, obj = change(old), clone(old)
        replicas = read(scale, "spec.replicas") or 0
        check(scale, replicas)
        for field in ("uid", "resourceVersion"):
            if given := scale["metadata"].get(field):
                obj["metadata"][field] = given
        for parent, key in parents(obj, paths(call.kind).spec):
            parent[key] = replicas
        return obj

    return whole


def check(scale: View, replicas: int) -> None:
    if replicas < 0:
        error = invalid("spec.replicas", replicas, "must be greater than or equal to 0")
        raise Invalid("Scale.autoscaling", scale["metadata"].get("name", ""), [error])
