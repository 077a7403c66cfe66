"""Into a pod: logs, exec, attach, port-forward. The pod's node answers; this finds it.

The paths are those of a kubelet. Sources: ``pkg/registry/core/pod/strategy.go`` (LogLocation,
streamLocation, PortForwardLocation), ``pkg/registry/core/pod/rest``.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from onggi.api.errors import BadRequest, InternalError, StatusError
from onggi.api.http import Answer, Response
from onggi.api.objects import View, get
from onggi.apiserver import connects
from onggi.apiserver.admission import CONNECT, Review
from onggi.apiserver.authz.attributes import refusal
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.verbs.get import found

TEXT = "text/plain; charset=utf-8"


class Kubelet(NamedTuple):
    """What a kubelet calls it, and whether it is about one container."""

    path: str
    container: bool = True


PATHS = {
    "exec": Kubelet("exec"),
    "attach": Kubelet("attach"),
    "portforward": Kubelet("portForward", container=False),
}
GROUPS = (
    ("containers", ""),
    ("initContainers", "init containers"),
    ("ephemeralContainers", "ephemeral containers"),
)


async def log(backend: Backend, call: Call) -> Answer:
    pod = found(backend, call).object
    container = container_of(pod, call.request.argument("container"))
    node = get(pod, "spec.nodeName")
    if not node:
        return Response(status=204, content_type=TEXT)
    path = f"/containerLogs/{call.namespace}/{call.target.name}/{container}"
    return await forward(backend, call, node, path)


async def connect(backend: Backend, call: Call) -> Answer:
    """exec, attach, portforward."""
    check_upgrade(backend, call)
    await reviewed(backend, call)
    pod, name = found(backend, call).object, call.target.name
    kubelet = PATHS[call.target.subresource]
    parts = [kubelet.path, call.namespace, name, pod["metadata"]["uid"]]
    if kubelet.container:
        parts.append(container_of(pod, call.request.argument("container")))
    node = get(pod, "spec.nodeName")
    if not node:
        raise BadRequest(f"pod {name} does not have a host assigned")
    return await forward(backend, call, node, "/" + "/".join(parts))


async def reviewed(backend: Backend, call: Call) -> None:
    """Admission's word on a CONNECT; what it changes is changed in the call's request."""
    kind = connects.KINDS[call.kind.resource, call.target.subresource]
    asked = connects.options(kind, call.request.query)
    review = Review(CONNECT, call, dict(asked), None, backend.clock(), about=kind)
    await backend.admission.admit(review)
    await backend.admission.validate(review)
    if review.obj is not None and review.obj != asked:
        query = connects.written(review.obj, call.request.query)
        call.request = replace(call.request, query=query)


def check_upgrade(backend: Backend, call: Call) -> None:
    """A WebSocket starts with GET; it takes the right to create all the same."""
    headers = call.request.headers
    if call.request.method == "GET" and headers.get("upgrade", "").lower() == "websocket":
        asked = call.attributes(verb="create")
        decision = backend.authorizer.authorize(asked)
        if not decision.allowed:
            raise refusal(asked, decision.reason)
    elif "upgrade" not in headers:
        raise BadRequest("Upgrade request required")


async def forward(backend: Backend, call: Call, node: str, path: str) -> Answer:
    handler = backend.nodes.get(node)
    if handler is None:
        raise InternalError(f'error dialing backend: node "{node}" cannot be reached')
    try:
        return await handler.handle(replace(call.request, path=path))
    except StatusError as refused:
        if not refused.details and refused.status_code == 404:
            refused.details = {"name": call.target.name, "kind": call.target.label}
        raise


def container_of(pod: View, asked: str) -> str:
    """The container that is meant; raises BadRequest."""
    name = pod["metadata"]["name"]
    groups = {label: list(names(pod, field)) for field, label in GROUPS}
    if asked:
        if not any(asked in group for group in groups.values()):
            raise BadRequest(f"container {asked} is not valid for pod {name}")
        return asked
    if len(groups[""]) == 1:
        return groups[""][0]
    message = f"a container name must be specified for pod {name}"
    if groups[""]:
        message += f", choose one of: [{' '.join(groups.pop(''))}]"
        for label, group in groups.items():
            message += f" or one of the {label}: [{' '.join(group)}]" if group else ""
    raise BadRequest(message)


def names(pod: View, field: str) -> Iterator[str]:
    for container in pod["spec"].get(field) or ():
        yield container["name"]
