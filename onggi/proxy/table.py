"""The nftables text of the whole table, and of a change. Pure.

One table holds everything, so that a start replaces it in one transaction and an uninstall
deletes one thing. The hooks and the empty maps are here; what is in them comes from
``onggi.proxy.rules``. The packet mark is left alone: others route by it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from onggi.proxy.ledger import CHAIN, PICK, SET, Change, Changes, Item, Part

ADDRESS_DOOR = "type ipv4_addr . inet_proto . inet_service"
PORT_DOOR = "type inet_proto . inet_service"
MAPS = {
    "services": f"{ADDRESS_DOOR} : verdict;",
    "nodeports": f"{PORT_DOOR} : verdict;",
    "endpoints": "typeof numgen random mod 65536 . ip daddr . meta l4proto . th dport"
    " : ip daddr . th dport;",
    "port_endpoints": "typeof numgen random mod 65536 . meta l4proto . th dport"
    " : ip daddr . th dport;",
}
SETS = {
    "vips": "type ipv4_addr;",
    "refused": f"{ADDRESS_DOOR};",
    "refused_ports": f"{PORT_DOOR};",
    "dropped": f"{ADDRESS_DOOR};",
    "dropped_ports": f"{PORT_DOOR};",
    "backends": "type ipv4_addr;",
    "hairpin": "type ipv4_addr . ipv4_addr;",
    "kept": f"{ADDRESS_DOOR};",
    "kept_ports": f"{PORT_DOOR};",
    "fenced": f"{ADDRESS_DOOR};",
    "allowed": f"{ADDRESS_DOOR} . ipv4_addr; flags interval;",
}
BATCH = 4000  # elements per command


@dataclass(frozen=True, kw_only=True)
class TableConfig:
    """``pods`` is the network of all pods of the cluster, ``services`` that of the services
    (empty: not known, so unused addresses are left to the host's routes)."""

    name: str = "onggi"
    pods: str = "10.244.0.0/16"
    services: str = ""


def hooks(config: TableConfig) -> str:
    """``fib … type local`` is the host's own addresses. 127/8 is left out: packets from
    there cannot reach a pod unless the host routes loopback, which it should not."""
    return f"""
  chain dispatch {{
    ip daddr . meta l4proto . th dport @fenced ip daddr . meta l4proto . th dport . ip saddr != @allowed drop
    ip daddr . meta l4proto . th dport vmap @services
    fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @nodeports
  }}
  chain prerouting {{ type nat hook prerouting priority dstnat; policy accept; jump dispatch; }}
  chain output {{ type nat hook output priority -100; policy accept; jump dispatch; }}
  chain refuse {{
    ip daddr . meta l4proto . th dport @dropped drop
    ip daddr . meta l4proto . th dport @refused goto reject_now
    ip daddr @vips goto reject_now
{unused_rule(config)}
    fib daddr type != local return
    ip daddr 127.0.0.0/8 return
    meta l4proto . th dport @dropped_ports drop
    meta l4proto . th dport @refused_ports goto reject_now
  }}
  chain reject_now {{ meta l4proto tcp reject with tcp reset; reject; }}
  chain filter_input {{ type filter hook input priority filter; policy accept; ct state new jump refuse; }}
  chain filter_forward {{ type filter hook forward priority filter; policy accept; ct state new jump refuse; }}
  chain filter_output {{ type filter hook output priority filter; policy accept; ct state new jump refuse; }}
  chain keep_source {{
{kept_rules()}
    masquerade
  }}
  chain postrouting {{ type nat hook postrouting priority srcnat; policy accept;
    ct status dnat ip saddr . ip daddr @hairpin masquerade
    ct status dnat ip daddr @backends ip saddr != {config.pods} jump keep_source
    ip saddr {config.pods} ip daddr != {{ {config.pods}, 224.0.0.0/4 }} masquerade
  }}
"""  # noqa: E501  (one rule a line)


def unused_rule(config: TableConfig) -> str:
    """An address that no Service has: refuse, except where something listens on it here."""
    if not config.services:
        return ""
    return f"    fib daddr type != local ip daddr {config.services} goto reject_now"


def kept_rules() -> str:
    """One by one: nft knows the type of a conntrack port only beside a literal protocol."""
    doors = (("ct original ip daddr . ", "kept"), ("", "kept_ports"))
    return "\n".join(
        f"    meta l4proto {protocol} {address}meta l4proto . ct original proto-dst @{name} accept"
        for protocol in ("tcp", "udp", "sctp")
        for address, name in doors
    )


def pickers(size: int) -> str:
    """The chains that pick one of 1, 2, … ``size`` endpoints.

    All are made beforehand: nft 1.0.6 cannot add such a rule later, when the map that it
    looks into has elements ("conflicting protocols specified").
    """
    start = "meta l4proto { tcp, udp, sctp } dnat ip addr . port to numgen random mod"
    door = "meta l4proto . th dport"
    return "\n".join(
        f"  chain n{count} {{ {start} {count} . ip daddr . {door} map @endpoints; }}\n"
        f"  chain p{count} {{ {start} {count} . {door} map @port_endpoints; }}"
        for count in range(1, size + 1)
    )


def fitting(part: Part) -> int:
    """How many pickers to make: enough for now, and some for later."""
    size = 32
    while size < max((int(item.key) for item in part if item.kind == PICK), default=0):
        size *= 2
    return size


def is_outgrown(changes: Changes, size: int) -> bool:
    """Somebody wants a picker that there is not: the table must be made anew."""
    return any(
        i.kind == PICK and c.after is not None and int(i.key) > size for i, c in changes.items()
    )


def whole(config: TableConfig, part: Part) -> str:
    """A transaction after which the table is exactly this, whatever it was before."""
    maps = [f"  map {name} {{ {text} }}" for name, text in MAPS.items()]
    sets = [f"  set {name} {{ {text} }}" for name, text in SETS.items()]
    head = f"table ip {config.name}\ndelete table ip {config.name}\ntable ip {config.name} {{\n"
    body = "\n".join([*maps, *sets, pickers(fitting(part))]) + hooks(config) + "}\n"
    return head + body + update(config, {item: Change(None, v) for item, v in part.items()})


def removal(config: TableConfig) -> str:
    return f"table ip {config.name}\ndelete table ip {config.name}\n"


def update(config: TableConfig, changes: Changes) -> str:
    """A transaction that makes these changes and touches nothing else.

    What is referred to comes before what refers to it, and goes after it.
    """
    return "\n".join([*commands(f"ip {config.name}", changes), ""]) if changes else ""


def commands(table: str, changes: Changes) -> Iterator[str]:
    chains = {i.key: c for i, c in changes.items() if i.kind == CHAIN}
    sets = {i.key: c for i, c in changes.items() if i.kind == SET}
    elements = {i: c for i, c in changes.items() if i.kind not in (CHAIN, SET, PICK)}
    yield from (f"add set {table} {n} {{ {c.after} }}" for n, c in sets.items() if c.after)
    yield from (f"add chain {table} {n}" for n, c in chains.items() if c.before is None)
    for name, change in chains.items():
        if change.before is not None:
            yield f"flush chain {table} {name}"
        for rule in (change.after or "").splitlines():
            yield f"add rule {table} {name} {rule}"
    yield from element_commands(table, elements)
    yield from (f"delete chain {table} {n}" for n, c in chains.items() if c.after is None)
    yield from (f"delete set {table} {n}" for n, c in sets.items() if c.after is None)


def element_commands(table: str, elements: Changes) -> Iterator[str]:
    gone: dict[str, list[str]] = {}
    come: dict[str, list[str]] = {}
    for item, change in elements.items():
        if change.before is not None:
            gone.setdefault(item.kind, []).append(item.key)
        if change.after is not None:
            come.setdefault(item.kind, []).append(element(item, change.after))
    for verb, groups in (("delete", gone), ("add", come)):
        for name, members in groups.items():
            for some in batches(members):
                yield f"{verb} element {table} {name} {{ {', '.join(some)} }}"


def element(item: Item, value: str) -> str:
    return f"{item.key} : {value}" if value else item.key


def batches(members: Iterable[str]) -> Iterator[list[str]]:
    source = iter(members)
    while some := list(islice(source, BATCH)):
        yield some
