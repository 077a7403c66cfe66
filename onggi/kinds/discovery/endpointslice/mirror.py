"""Endpoints made by hand, for a Service without a selector, seen as EndpointSlices too.

Source: ``pkg/controller/endpointslicemirroring``.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from onggi.api.objects import Object, View, clone, get, is_going, owner_reference
from onggi.api.plan import Action, Controller, Create, Delete, Emit, Plan, Update, Wake, World
from onggi.kinds.addresses import is_ipv6, parsed
from onggi.kinds.core.endpoints import ENDPOINTS
from onggi.kinds.core.endpoints.reconcile import namesake
from onggi.kinds.core.service import SERVICE
from onggi.kinds.core.service.backends import TRIGGER_TIME
from onggi.kinds.discovery.endpointslice.kind import ENDPOINTSLICE
from onggi.kinds.discovery.endpointslice.pack import identity, same
from onggi.kinds.discovery.endpointslice.reconcile import (
    MANAGED_BY,
    SERVICE_NAME,
    Ports,
    port_key,
    prefix,
)

MIRROR = "endpointslicemirroring-controller.k8s.io"
SKIP = "endpointslice.kubernetes.io/skip-mirror"
LEADER = "control-plane.alpha.kubernetes.io/leader"
NOT_COPIED = (TRIGGER_TIME, "kubectl.kubernetes.io/last-applied-configuration")
MOST = 1000  # addresses mirrored of one subset

Key = tuple[str, Ports]  # (address type, ports)


class Wanted(NamedTuple):
    ports: list[Object]
    endpoints: list[Object]


def reconcile(endpoints: View, world: World, now: datetime) -> Plan:
    present = mirrored(endpoints, world)
    if not is_mirrored(endpoints, world):
        return Plan([Delete(ENDPOINTSLICE, s) for s in present])
    wanted, complaints = desired(endpoints)
    actions: list[Action] = list(complaints)
    by_key: dict[Key, list[View]] = {}
    for s in present:
        by_key.setdefault((s["addressType"], port_key(s.get("ports") or ())), []).append(s)
    spare = [s for k, group in by_key.items() for s in (group[1:] if k in wanted else group)]
    for key, want in wanted.items():
        known = by_key.get(key)
        old = known[0] if known else reusable(spare, key[0])
        actions += save(endpoints, old, mirror_of(endpoints, key[0], want))
    return Plan([*actions, *(Delete(ENDPOINTSLICE, s) for s in spare)])


def reusable(spare: list[View], family: str) -> View | None:
    """Taken out of the spare ones; a slice cannot change its address type."""
    for old in spare:
        if old["addressType"] == family:
            spare.remove(old)
            return old
    return None


def mirrored(endpoints: View, world: World) -> Sequence[View]:
    meta = endpoints["metadata"]
    labels = {SERVICE_NAME: meta["name"], MANAGED_BY: MIRROR}
    found = world.select(ENDPOINTSLICE, meta["namespace"], labels)
    return [s for s in found if not is_going(s)]


def is_mirrored(endpoints: View, world: World) -> bool:
    meta = endpoints["metadata"]
    service = world.get(SERVICE, meta["namespace"], meta["name"])
    if service is None or get(service, "spec.selector") is not None:
        return False
    skipped = (meta.get("labels") or {}).get(SKIP) == "true"
    return not skipped and LEADER not in (meta.get("annotations") or {})


def desired(endpoints: View) -> tuple[dict[Key, Wanted], list[Emit]]:
    """What there should be, and what could not be mirrored."""
    wanted: dict[Key, Wanted] = {}
    invalid = skipped = 0
    for subset in endpoints.get("subsets") or ():
        ports = [mirror_port(port) for port in subset.get("ports") or ()]
        taken = 0
        for address, ready in listed(subset):
            if taken >= MOST:
                skipped += 1
            elif parsed(address["ip"]) is None:
                invalid += 1
            else:
                taken += 1
                family = "IPv6" if is_ipv6(address["ip"]) else "IPv4"
                key = (family, port_key(ports))
                entry = wanted.setdefault(key, Wanted(ports, []))
                entry.endpoints.append(mirror_endpoint(address, ready))
    return wanted, list(complaints(endpoints, invalid, skipped))


def listed(subset: View) -> Iterator[tuple[View, bool]]:
    yield from ((address, True) for address in subset.get("addresses") or ())
    yield from ((address, False) for address in subset.get("notReadyAddresses") or ())


def complaints(endpoints: View, invalid: int, skipped: int) -> Iterator[Emit]:
    if invalid:
        message = f"Skipped {invalid} invalid IP addresses when mirroring to EndpointSlices"
        yield Emit(endpoints, "InvalidIPAddress", message, "Warning")
    if skipped:
        message = (
            f"A max of {MOST} addresses can be mirrored to EndpointSlices per Endpoints subset. "
            f"{skipped} addresses were skipped"
        )
        yield Emit(endpoints, "TooManyAddressesToMirror", message, "Warning")


def mirror_port(port: View) -> Object:
    found = {"name": port.get("name", ""), "port": port["port"]}
    found["protocol"] = port.get("protocol", "TCP")
    return found | ({"appProtocol": port["appProtocol"]} if port.get("appProtocol") else {})


def mirror_endpoint(address: View, ready: bool) -> Object:
    endpoint = {
        "addresses": [address["ip"]],
        "conditions": {"ready": ready},
        "hostname": address.get("hostname"),
        "nodeName": address.get("nodeName"),
        "targetRef": address.get("targetRef"),
    }
    return {key: value for key, value in endpoint.items() if value}


def mirror_of(endpoints: View, family: str, want: Wanted) -> Object:
    meta = endpoints["metadata"]
    copied = {k: v for k, v in (meta.get("annotations") or {}).items() if k not in NOT_COPIED}
    unique = {identity(endpoint): endpoint for endpoint in want.endpoints}
    return {
        "apiVersion": ENDPOINTSLICE.api_version,
        "kind": ENDPOINTSLICE.name,
        "metadata": {
            "generateName": prefix(meta["name"]),
            "namespace": meta["namespace"],
            "labels": {
                **(meta.get("labels") or {}),
                SERVICE_NAME: meta["name"],
                MANAGED_BY: MIRROR,
            },
            "annotations": copied,
            "ownerReferences": [owner_reference(endpoints)],
        },
        "addressType": family,
        "ports": want.ports,
        "endpoints": list(unique.values())[:MOST],
    }


def save(endpoints: View, old: View | None, new: Object) -> list[Action]:
    if old is None:
        gone = get(endpoints, "metadata.deletionTimestamp")
        return [] if gone else [Create(ENDPOINTSLICE, new)]
    if is_same(old, new):
        return []
    changed = clone(old) | {"ports": new["ports"], "endpoints": new["endpoints"]}
    for part in ("labels", "annotations", "ownerReferences"):
        changed["metadata"][part] = new["metadata"][part]
    return [Update(ENDPOINTSLICE, changed)]


def is_same(old: View, new: View) -> bool:
    before = {identity(e): e for e in old.get("endpoints") or ()}
    after = {identity(e): e for e in new["endpoints"]}
    return (
        before.keys() == after.keys()
        and all(same(before[key], after[key]) for key in after)
        and port_key(old.get("ports") or ()) == port_key(new["ports"])
        and all(
            (get(old, f"metadata.{part}") or {}) == new["metadata"][part]
            for part in ("labels", "annotations")
        )
    )


def of_mirror(changed: View, world: World) -> list[Wake]:
    labels = get(changed, "metadata.labels") or {}
    if labels.get(MANAGED_BY) != MIRROR or SERVICE_NAME not in labels:
        return []
    return [(changed["metadata"]["namespace"], labels[SERVICE_NAME])]


CONTROLLER = Controller(
    name="endpointslice-mirroring-controller",
    account="endpointslicemirroring-controller",
    kind=ENDPOINTS,
    reconcile=reconcile,
    watches={SERVICE: namesake, ENDPOINTSLICE: of_mirror},
)
