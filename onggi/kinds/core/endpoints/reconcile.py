"""Endpoints of a Service with a selector, for those who still read them.

Source: ``pkg/controller/endpoint/endpoints_controller.go``.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from onggi.api.objects import Object, View, clone, get
from onggi.api.plan import Action, Controller, Create, Delete, Emit, Plan, Update, Wake, World
from onggi.kinds.addresses import is_ipv6
from onggi.kinds.core.endpoints.kind import ENDPOINTS
from onggi.kinds.core.endpoints.subsets import Place, repack, truncate
from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.predicates import is_ready
from onggi.kinds.core.service import SERVICE, backends

MANAGED_BY = "endpoints.kubernetes.io/managed-by"
MANAGER = "endpoint-controller"
OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity"
TOLERATE_UNREADY = "service.alpha.kubernetes.io/tolerate-unready-endpoints"
TRUE = ("1", "t", "T", "true", "TRUE", "True")


def reconcile(service: View, world: World, now: datetime) -> Plan:
    if not backends.has_backends(service):
        return Plan()
    everyone = takes_all(service)
    pods = [
        pod
        for pod in backends.pods_behind(service, world)
        if backends.may_serve(pod, terminating=everyone)
    ]
    subsets = repack(place for pod in pods for place in places(service, pod, everyone))
    truncated = truncate(subsets)
    meta = service["metadata"]
    old = world.get(ENDPOINTS, meta["namespace"], meta["name"])
    new = endpoints(service, old, subsets if truncated is None else truncated)
    mark_capacity(new, truncated is not None)
    if old is not None and is_current(old, new):
        return Plan()
    if at := backends.trigger_time(service, pods, old):
        new["metadata"]["annotations"][backends.TRIGGER_TIME] = at
    return save(service, old, new)


def takes_all(service: View) -> bool:
    """``publishNotReadyAddresses``, or the annotation that it once was."""
    annotation = (get(service, "metadata.annotations") or {}).get(TOLERATE_UNREADY)
    return backends.publishes_all(service) if annotation is None else annotation in TRUE


def places(service: View, pod: View, everyone: bool) -> Iterator[Place]:
    address = address_of(service, pod)
    if address is None:
        return
    ready = everyone or is_ready(pod)
    for port in backends.ports(service, pod):
        yield Place(address, {k: v for k, v in port.items() if v}, ready)
    if not get(service, "spec.ports") and get(service, "spec.clusterIP") == "None":
        yield Place(address, None, ready)


def address_of(service: View, pod: View) -> Object | None:
    """The pod's first address of the Service's first family."""
    families = get(service, "spec.ipFamilies") or ["IPv4"]
    wanted = families[0] == "IPv6"
    ip = next((ip for ip in backends.addresses(pod) if is_ipv6(ip) == wanted), None)
    if ip is None:
        return None
    address = {
        "ip": ip,
        "hostname": backends.hostname(pod, service),
        "nodeName": get(pod, "spec.nodeName"),
        "targetRef": backends.reference(pod),
    }
    return {key: value for key, value in address.items() if value}


def endpoints(service: View, old: View | None, subsets: Sequence[Object]) -> Object:
    meta = service["metadata"]
    blank: Object = {"apiVersion": "v1", "kind": "Endpoints", "metadata": {}}
    new = clone(old) if old else blank
    labels = dict(meta.get("labels") or {})
    labels.pop(backends.HEADLESS, None)
    if backends.is_headless(service):
        labels[backends.HEADLESS] = ""
    annotations = dict(get(old or {}, "metadata.annotations") or {})
    annotations.pop(backends.TRIGGER_TIME, None)
    new["metadata"] |= {
        "name": meta["name"],
        "namespace": meta["namespace"],
        "labels": labels | {MANAGED_BY: MANAGER},
        "annotations": annotations,
    }
    new["subsets"] = list(subsets)
    return new


def mark_capacity(new: Object, truncated: bool) -> None:
    new["metadata"]["annotations"].pop(OVER_CAPACITY, None)
    if truncated:
        new["metadata"]["annotations"][OVER_CAPACITY] = "truncated"


def is_current(old: View, new: View) -> bool:
    """Nothing differs but the trigger time."""
    capacity = [(get(o, "metadata.annotations") or {}).get(OVER_CAPACITY) for o in (old, new)]
    return (
        list(old.get("subsets") or ()) == new["subsets"]
        and (get(old, "metadata.labels") or {}) == new["metadata"]["labels"]
        and capacity[0] == capacity[1]
    )


def save(service: View, old: View | None, new: Object) -> Plan:
    meta = service["metadata"]
    name = f"{meta['namespace']}/{meta['name']}"
    if old is None:
        word = ("FailedToCreateEndpoint", f"Failed to create endpoint for service {name}")
        about = new | {"metadata": new["metadata"] | {"uid": ""}}
    else:
        word, about = ("FailedToUpdateEndpoint", f"Failed to update endpoint {name}"), new
    return Plan(
        [Update(ENDPOINTS, new) if old else Create(ENDPOINTS, new)],
        failed=lambda e: [Emit(about, word[0], f"{word[1]}: {e.message}", "Warning")],
    )


def departed(service: View, world: World) -> Sequence[Action]:
    """Endpoints go with the Service of their name, whoever wrote them."""
    meta = service["metadata"]
    left = world.get(ENDPOINTS, meta["namespace"], meta["name"])
    return [Delete(ENDPOINTS, left)] if left else ()


def drop(obj: View, world: World, now: datetime) -> Plan:
    """Endpoints that we wrote go also where the Service went while nobody looked."""
    meta = obj["metadata"]
    ours = (meta.get("labels") or {}).get(MANAGED_BY) == MANAGER
    if not ours or world.get(SERVICE, meta["namespace"], meta["name"]):
        return Plan()
    return Plan([Delete(ENDPOINTS, obj)])


def namesake(changed: View, world: World) -> list[Wake]:
    return [(changed["metadata"]["namespace"], changed["metadata"]["name"])]


CONTROLLER = Controller(
    name="endpoint-controller",
    kind=SERVICE,
    reconcile=reconcile,
    watches={POD: backends.serving, ENDPOINTS: namesake},
    departed=departed,
)
LEFTOVERS = Controller(
    name="endpoint-controller", kind=ENDPOINTS, reconcile=drop, watches={SERVICE: namesake}
)
