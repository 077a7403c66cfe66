"""EndpointSlices of a Service with a selector: its pods' addresses, per set of ports.

Source: ``k8s.io/endpointslice`` (reconciler.go, utils.go).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from onggi.api.names import RULES
from onggi.api.objects import Object, View, clone, get, is_going, owner_reference
from onggi.api.plan import Action, Controller, Create, Delete, Plan, Update, Wake, World
from onggi.kinds.addresses import is_ipv6
from onggi.kinds.core.node import NODE
from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.predicates import is_ready, is_terminating
from onggi.kinds.core.service import SERVICE, backends
from onggi.kinds.discovery.endpointslice.kind import ENDPOINTSLICE
from onggi.kinds.discovery.endpointslice.pack import pack

SERVICE_NAME = "kubernetes.io/service-name"
MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
MANAGER = "endpointslice-controller.k8s.io"
RESERVED = (SERVICE_NAME, MANAGED_BY, backends.HEADLESS)
ZONE = "topology.kubernetes.io/zone"
FAMILIES = {"IPv4": False, "IPv6": True}
NODE_PAUSE = timedelta(seconds=5)  # until a pod's node is looked for again

Ports = tuple[tuple[str, ...], ...]
Groups = dict[Ports, tuple[list[Object], list[Object]]]  # ports → (ports, endpoints)


def reconcile(service: View, world: World, now: datetime) -> Plan:
    if not backends.has_backends(service):
        return Plan()
    pods = [
        p for p in backends.pods_behind(service, world) if backends.may_serve(p, terminating=True)
    ]
    homeless = [p for p in pods if is_homeless(service, p, world)]
    pods = [p for p in pods if p not in homeless]
    existing = slices_of(service, world)
    families = get(service, "spec.ipFamilies") or ["IPv4"]
    actions: list[Action] = [
        Delete(ENDPOINTSLICE, s) for s in existing if s["addressType"] not in families
    ]
    for family in families:
        groups = grouped(service, pods, family, world)
        present = [s for s in existing if s["addressType"] == family]
        actions += Family(service, family, pods).settle(groups, present)
    return Plan(actions, again_in=NODE_PAUSE if homeless else None)


def slices_of(service: View, world: World) -> Sequence[View]:
    meta = service["metadata"]
    labels = {SERVICE_NAME: meta["name"], MANAGED_BY: MANAGER}
    found = world.select(ENDPOINTSLICE, meta["namespace"], labels)
    return [s for s in found if not is_going(s)]


def is_homeless(service: View, pod: View, world: World) -> bool:
    """Its node is not known (yet): it serves only those who take all."""
    node = get(pod, "spec.nodeName", "")
    return not backends.publishes_all(service) and world.get(NODE, "", node) is None


def grouped(service: View, pods: Iterable[View], family: str, world: World) -> Groups:
    groups: Groups = {}
    for pod in pods:
        endpoint = endpoint_of(pod, service, family, world)
        if endpoint["addresses"]:
            ports = backends.ports(service, pod)
            groups.setdefault(port_key(ports), (ports, []))[1].append(endpoint)
    return groups


def port_key(ports: Iterable[View]) -> Ports:
    """Equal for the same ports in any order."""
    fields = ("name", "port", "protocol", "appProtocol")
    return tuple(sorted(tuple(str(port.get(f) or "") for f in fields) for port in ports))


def endpoint_of(pod: View, service: View, family: str, world: World) -> Object:
    serving, terminating = is_ready(pod), is_terminating(pod)
    addresses = [ip for ip in backends.addresses(pod) if is_ipv6(ip) == FAMILIES[family]]
    node = get(pod, "spec.nodeName")
    zone = get(world.get(NODE, "", node or "") or {}, "metadata.labels", {}).get(ZONE)
    endpoint = {
        "addresses": addresses,
        "conditions": {
            "ready": backends.publishes_all(service) or (serving and not terminating),
            "serving": serving,
            "terminating": terminating,
        },
        "hostname": backends.hostname(pod, service),
        "nodeName": node,
        "zone": zone,
        "targetRef": backends.reference(pod),
    }
    return {key: value for key, value in endpoint.items() if value is not None}


class Family:
    """The slices of one Service for one address family."""

    def __init__(self, service: View, family: str, pods: Sequence[View]) -> None:
        self._service = service
        self._family = family
        self._pods = pods
        self._actions: list[Action] = []

    def settle(self, groups: Groups, present: Sequence[View]) -> list[Action]:
        """What makes the present slices say what the groups say."""
        mine = [s for s in present if is_owned(s, self._service)]
        by_ports: dict[Ports, list[View]] = {}
        for old in mine:
            by_ports.setdefault(port_key(old.get("ports") or ()), []).append(old)
        doomed = [s for s in present if s not in mine]
        doomed += [s for key, group in by_ports.items() if key not in groups for s in group]
        fresh: list[Object] = []
        for key, (ports, endpoints) in groups.items():
            added, emptied = self._group(by_ports.get(key, []), ports, endpoints)
            fresh += added
            doomed += emptied
        if not fresh and len(doomed) == len(present):
            self._placeholder(fresh, doomed)
        self._finalize(fresh, doomed)
        return self._actions

    def _group(
        self, slices: Sequence[View], ports: list[Object], endpoints: list[Object]
    ) -> tuple[list[Object], list[View]]:
        """New slices, and slices with nothing left; changed ones are written at once."""
        by_name = {s["metadata"]["name"]: s for s in slices}
        packing = pack({name: s.get("endpoints") or () for name, s in by_name.items()}, endpoints)
        for name, old in by_name.items():
            if name in packing.changed:
                self._update(old, {"endpoints": packing.changed[name]})
            elif name not in packing.emptied and not self._has_labels(old):
                self._update(old, {})
        added = [self._new(ports, content) for content in packing.added]
        return added, [by_name[name] for name in packing.emptied]

    def _placeholder(self, fresh: list[Object], doomed: list[View]) -> None:
        """A Service without endpoints has one empty slice, so that everybody can tell."""
        for old in doomed:
            if not old.get("endpoints") and not old.get("ports") and self._has_labels(old):
                doomed.remove(old)
                return
        fresh.append(self._new([], []))

    def _finalize(self, fresh: list[Object], doomed: list[View]) -> None:
        """Reuse what would be deleted for what would be created: fewer events for all."""
        reusable = [s for s in doomed if is_owned(s, self._service)]
        for new in fresh:
            if reusable:
                old = reusable.pop()
                doomed.remove(old)
                self._update(old, {"endpoints": new["endpoints"], "ports": new["ports"]})
            elif not is_going(self._service):
                self._actions.append(Create(ENDPOINTSLICE, new))
        self._actions += [Delete(ENDPOINTSLICE, old) for old in doomed]

    def _update(self, old: View, content: Mapping[str, object]) -> None:
        new = clone(old) | dict(content)
        new["metadata"]["labels"] = self._labels()
        self._stamp(new, old)
        self._actions.append(Update(ENDPOINTSLICE, new))

    def _new(self, ports: list[Object], endpoints: list[Object]) -> Object:
        meta = self._service["metadata"]
        new: Object = {
            "apiVersion": ENDPOINTSLICE.api_version,
            "kind": ENDPOINTSLICE.name,
            "metadata": {
                "generateName": prefix(meta["name"]),
                "namespace": meta["namespace"],
                "labels": self._labels(),
                "ownerReferences": [owner_reference(self._service)],
            },
            "addressType": self._family,
            "ports": ports,
            "endpoints": endpoints,
        }
        self._stamp(new, None)
        return new

    def _stamp(self, new: Object, old: View | None) -> None:
        annotations = dict(new["metadata"].get("annotations") or {})
        annotations.pop(backends.TRIGGER_TIME, None)
        if at := backends.trigger_time(self._service, self._pods, old):
            annotations[backends.TRIGGER_TIME] = at
        new["metadata"]["annotations"] = annotations

    def _labels(self) -> dict[str, str]:
        meta = self._service["metadata"]
        labels = {k: v for k, v in (meta.get("labels") or {}).items() if k not in RESERVED}
        if backends.is_headless(self._service):
            labels[backends.HEADLESS] = ""
        return labels | {SERVICE_NAME: meta["name"], MANAGED_BY: MANAGER}

    def _has_labels(self, old: View) -> bool:
        return (get(old, "metadata.labels") or {}) == self._labels()


def is_owned(endpoint_slice: View, owner: View) -> bool:
    uid = owner["metadata"]["uid"]
    return any(r["uid"] == uid for r in get(endpoint_slice, "metadata.ownerReferences") or ())


def prefix(name: str) -> str:
    """For ``generateName``; without the dash where the name is too long for it."""
    return name if RULES[ENDPOINTSLICE.name_rule](f"{name}-", True) else f"{name}-"


def of_slice(changed: View, world: World) -> list[Wake]:
    labels = get(changed, "metadata.labels") or {}
    if labels.get(MANAGED_BY) != MANAGER or SERVICE_NAME not in labels:
        return []
    return [(changed["metadata"]["namespace"], labels[SERVICE_NAME])]


CONTROLLER = Controller(
    name="endpointslice-controller",
    kind=SERVICE,
    reconcile=reconcile,
    watches={POD: backends.serving, ENDPOINTSLICE: of_slice},
    reads=(NODE,),
)
