"""NetworkPolicy (networking.k8s.io/v1): who may talk to a pod, and whom it may talk to.

Kept, not enforced yet: every pod may reach every other, and each write says so.
Source: ``pkg/apis/networking/validation/validation.go``, ``pkg/apis/networking/v1/defaults.go``.
"""

import ipaddress
from collections.abc import Iterator
from datetime import datetime

from onggi.api.field_error import FieldError, forbidden, invalid, not_supported, required
from onggi.api.kind import Column, Ignored, Kind
from onggi.api.objects import Object, View, get
from onggi.api.selectors import check_label_selector
from onggi.kinds.addresses import check_network, parsed
from onggi.kinds.cells import AGE, NAME, label_selector
from onggi.kinds.checks import optional_choice, port_reference
from onggi.kinds.fill import fill_absent, items

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
PROTOCOLS = ("TCP", "UDP", "SCTP")
TYPES = ("Ingress", "Egress")
SIDES = {"ingress": "from", "egress": "to"}
NOT_ENFORCED = "not supported by Onggi yet; every pod may reach every other"


def default(policy: Object) -> None:
    spec = policy.get("spec")
    if not isinstance(spec, dict):
        return
    for side in SIDES:
        for rule in items(spec, side):
            for port in items(rule, "ports"):
                fill_absent(port, {"protocol": "TCP"})
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec = new.get("spec") or {}
    yield from check_label_selector(spec.get("podSelector"), "spec.podSelector")
    for side, peers in SIDES.items():
        for index, rule in enumerate(spec.get(side) or ()):
            path = f"spec.{side}[{index}]"
            for place, port in enumerate(rule.get("ports") or ()):
                yield from check_port(port, f"{path}.ports[{place}]")
            for place, peer in enumerate(rule.get(peers) or ()):
                yield from check_peer(peer, f"{path}.{peers}[{place}]")
    types = spec.get("policyTypes") or ()
    if len(types) > len(TYPES):
        yield invalid("spec.policyTypes", list(types), "may not specify more than two policyTypes")
        return
    for index, name in enumerate(types):
        if name not in TYPES:
            yield not_supported(f"spec.policyTypes[{index}]", name, TYPES)


def check_port(port: View, path: str) -> Iterator[FieldError]:
    number, end = port.get("port"), port.get("endPort")
    yield from optional_choice(f"{path}.protocol", port.get("protocol"), PROTOCOLS)
    if number is None:
        if end is not None:
            detail = "may not be specified when `port` is not specified"
            yield invalid(f"{path}.endPort", end, detail)
        return
    if isinstance(number, str) and end is not None:
        detail = "may not be specified when `port` is non-numeric"
        yield invalid(f"{path}.endPort", end, detail)
    yield from port_reference(f"{path}.port", number)
    if end is not None and not isinstance(number, str):
        if end < number:
            yield invalid(f"{path}.endPort", end, "must be greater than or equal to `port`")
        yield from port_reference(f"{path}.endPort", end)


def check_peer(peer: View, path: str) -> Iterator[FieldError]:
    block = peer.get("ipBlock")
    selectors = [f for f in ("podSelector", "namespaceSelector") if peer.get(f) is not None]
    for field in selectors:
        yield from check_label_selector(peer[field], f"{path}.{field}")
    if block is not None:
        yield from check_block(block, f"{path}.ipBlock")
    if not selectors and block is None:
        yield required(path, "must specify a peer")
    elif selectors and block is not None:
        yield forbidden(path, "may not specify both ipBlock and another peer")


def check_block(block: View, path: str) -> Iterator[FieldError]:
    whole = block.get("cidr") or ""
    if not whole:
        yield required(f"{path}.cidr")
        return
    yield from check_network(whole, f"{path}.cidr")
    if (outer := network(whole)) is None:
        return
    for index, text in enumerate(block.get("except") or ()):
        at = f"{path}.except[{index}]"
        yield from check_network(text, at)
        if (inner := network(text)) is not None and not is_inside(inner, outer):
            yield invalid(at, text, "must be a strict subset of `cidr`")


def network(text: str) -> Network | None:
    if list(check_network(text, "")):
        return None
    host, _, bits = text.partition("/")
    return ipaddress.ip_network(f"{parsed(host)}/{bits}", strict=False)


def is_inside(inner: Network, outer: Network) -> bool:
    if inner.version != outer.version or inner.prefixlen <= outer.prefixlen:
        return False
    return inner.network_address in outer


def selector(policy: View, now: datetime) -> str:
    return label_selector(get(policy, "spec.podSelector"))


NETWORKPOLICY = Kind(
    group="networking.k8s.io",
    version="v1",
    name="NetworkPolicy",
    plural="networkpolicies",
    schema="io.k8s.api.networking.v1.NetworkPolicy",
    short=("netpol",),
    status=False,
    derived=(default,),
    rules=(check,),
    ignored=(Ignored("spec", NOT_ENFORCED),),
    columns=(
        NAME,
        Column("Pod-Selector", selector,
               description="@io.k8s.api.networking.v1.NetworkPolicySpec.podSelector"),
        AGE,
    ),
)  # fmt: skip
