"""``…/proxy``: HTTP to a pod, to any pod of a service, or to a node, through the API server.

Source: ``pkg/registry/core/{pod,service,node}/rest`` (ProxyREST).
"""

import random
from dataclasses import replace

from onggi.api.errors import NotFound, ServiceUnavailable
from onggi.api.http import Answer
from onggi.api.objects import View
from onggi.apiserver import proxy_location
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.proxy_location import Asked, Location
from onggi.apiserver.proxying import Way, forward
from onggi.apiserver.verbs.connect import forward as to_node
from onggi.apiserver.verbs.connect import reviewed
from onggi.store.store import Key

SLICES = "endpointslices.discovery.k8s.io"
OF_SERVICE = "kubernetes.io/service-name"


async def proxy(backend: Backend, call: Call) -> Answer:
    target = call.target
    path = "/" + "/".join(target.rest) if target.rest else ""
    if target.path.endswith("/") and not path.endswith("/"):
        path += "/"
    asked = replace(call.request, query={"path": [path]}) if path else call.request
    await reviewed(backend, replace(call, request=asked))
    wanted = proxy_location.asked(target.name, call.kind.singular)
    if target.resource == "nodes" and not wanted.port:
        known(backend, call, wanted.name)
        if wanted.name not in backend.nodes:
            why = f'error trying to reach service: node "{wanted.name}" cannot be reached'
            raise ServiceUnavailable(why)
        return await to_node(backend, call, wanted.name, path or "/")
    location = located(backend, call, wanted)
    prefix = target.path.removesuffix(path) if path else target.path
    return await forward(call.request, Way(location, prefix, path))


def located(backend: Backend, call: Call, wanted: Asked) -> Location:
    if call.target.resource == "pods":
        return proxy_location.of_pod(known(backend, call, wanted.name), wanted)
    if call.target.resource == "nodes":
        return proxy_location.of_node(known(backend, call, wanted.name), wanted)
    return of_service(backend, call, wanted)


def of_service(backend: Backend, call: Call, wanted: Asked) -> Location:
    """One of the service's pods, by chance."""
    service, store = known(backend, call, wanted.name), backend.store
    port = proxy_location.port_name(service, wanted)
    slices = [
        record.object
        for record in store.list(SLICES, call.namespace)
        if record.object["metadata"].get("labels", {}).get(OF_SERVICE) == wanted.name
    ]

    def pod_of(namespace: str, name: str) -> View | None:
        record = store.get(Key("pods", namespace, name))
        return record.object if record else None

    places = proxy_location.of_service(slices, port, wanted, pod_of)
    if not places:
        raise ServiceUnavailable(f'no endpoints available for service "{call.target.name}"')
    return random.choice(places)


def known(backend: Backend, call: Call, name: str) -> View:
    record = backend.store.get(Key(call.resource, call.namespace, name))
    if record is None:
        raise NotFound(call.kind.resource, name)
    return record.object
