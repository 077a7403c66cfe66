"""What a Service is given when it is written: a ClusterIP, node ports, a health check port.

What is given lives in memory and is read back from the Services at each start; a write
that fails gives back what it got. Requested values are checked, in upstream's words.
Source: ``pkg/registry/core/service/storage/alloc.go``. IPv4 only.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address
from typing import Any

from onggi.api.errors import InternalError, Invalid
from onggi.api.field_error import invalid
from onggi.api.objects import Object, View, get
from onggi.apiserver.config import ApiConfig
from onggi.apiserver.pool import Full, Outside, Pool, Taken

HEADLESS = "None"
NODE_PORT_TYPES = ("NodePort", "LoadBalancer")


@dataclass
class Given:
    """One write: ``taken`` goes back if it fails, ``freed`` goes back if it succeeds."""

    dry_run: bool
    taken: list[tuple[Pool, int]] = field(default_factory=list)
    freed: list[tuple[Pool, int]] = field(default_factory=list)

    def commit(self) -> None:
        for pool, number in self.taken if self.dry_run else self.freed:
            pool.release(number)

    def rollback(self) -> None:
        for pool, number in self.taken:
            pool.release(number)

    def take(self, pool: Pool, number: int) -> None:
        pool.take(number)
        self.taken.append((pool, number))

    def next(self, pool: Pool) -> int:
        number = pool.next()
        self.taken.append((pool, number))
        return number


class ServiceAllocator:
    """``onggi.apiserver.call.Allocator`` for Services."""

    def __init__(self, config: ApiConfig, services: Iterable[View]) -> None:
        network = config.services
        size = network.num_addresses
        self._network = network
        self._base = int(network.network_address)
        self._addresses = Pool(1, max(size - 2, 1), min(max(16, size // 16), 256, size // 2))
        first, last = config.node_ports
        self._port_range = f"{first}-{last}"
        count = last - first + 1
        reserved = min(max(16, count // 32), 128) if count >= 32 else 0
        self._ports = Pool(first, last, reserved)
        for service in services:
            self._restore(service)

    def begin(self, new: Object | None, old: View | None, dry_run: bool) -> Given:
        given = Given(dry_run)
        try:
            if new is not None:
                self._address(given, new, old)
                self._node_ports(given, new, old)
                self._health_port(given, new, old)
            if old is not None:
                self._release(given, new, old)
        except Exception:
            given.rollback()
            raise
        return given

    def _restore(self, service: View) -> None:
        numbers = [(self._addresses, self._offset(ip)) for ip in addresses(service)]
        numbers += [(self._ports, port) for port in ports_of(service)]
        for pool, number in numbers:
            try:
                pool.take(number)
            except (Outside, Taken):
                continue  # of another range, from before the configuration changed

    def _address(self, given: Given, new: Object, old: View | None) -> None:
        spec = new["spec"]
        if spec.get("type") == "ExternalName":
            return
        if old is not None and get(old, "spec.type") != "ExternalName":
            return  # that it stays the same is a rule of the kind
        wanted = (spec.get("clusterIPs") or [""])[0] or spec.get("clusterIP") or ""
        if wanted == HEADLESS:
            spec["clusterIP"], spec["clusterIPs"] = HEADLESS, [HEADLESS]
            return
        address = self._requested(given, new, wanted) if wanted else self._any(given)
        spec["clusterIP"], spec["clusterIPs"] = address, [address]

    def _any(self, given: Given) -> str:
        try:
            return str(IPv4Address(self._base + given.next(self._addresses)))
        except Full:
            raise InternalError("failed to allocate a serviceIP: range is full") from None

    def _requested(self, given: Given, new: View, wanted: str) -> str:
        try:
            given.take(self._addresses, self._offset(wanted))
        except Taken:
            why = "provided IP is already allocated"
        except (Outside, AddressValueError):
            why = (
                f"the provided IP ({wanted}) is not in the valid range. "
                f"The range of valid IPs is {self._network}"
            )
        else:
            return wanted
        shown = get(new, "spec.clusterIPs") or [wanted]
        raise refusal(new, "spec.clusterIPs", shown, f"failed to allocate IP {wanted}: {why}")

    def _offset(self, address: str) -> int:
        return int(IPv4Address(address)) - self._base

    def _node_ports(self, given: Given, new: Object, old: View | None) -> None:
        spec = new["spec"]
        if spec.get("type") not in NODE_PORT_TYPES:
            return
        wants = spec["type"] == "NodePort" or spec.get("allocateLoadBalancerNodePorts", True)
        mine = ports_of(old) if old is not None else set()
        shared: dict[Any, int] = {}  # the same port over TCP and UDP has one node port
        for index, port in enumerate(spec.get("ports") or ()):
            if not port.get("nodePort") and not wants:
                continue
            self._node_port(given, (new, index, port), mine, shared)

    def _node_port(
        self, given: Given, where: tuple[View, int, Object], mine: set[int], shared: dict[Any, int]
    ) -> None:
        service, index, port = where
        wanted = port.get("nodePort") or 0
        if not wanted:
            wanted = shared.get(port.get("port")) or requested_later(service, index)
        if not wanted:
            wanted = self._any_port(given)
            mine.add(wanted)
        if wanted not in mine:
            self._requested_port(given, service, f"spec.ports[{index}].nodePort", wanted)
            mine.add(wanted)
        port["nodePort"] = wanted
        shared.setdefault(port.get("port"), wanted)

    def _any_port(self, given: Given) -> int:
        try:
            return given.next(self._ports)
        except Full:
            raise InternalError("failed to allocate a nodePort: range is full") from None

    def _requested_port(self, given: Given, service: View, path: str, wanted: int) -> None:
        try:
            given.take(self._ports, wanted)
        except Taken:
            raise refusal(service, path, wanted, "provided port is already allocated") from None
        except Outside:
            why = (
                "provided port is not in the valid range. "
                f"The range of valid ports is {self._port_range}"
            )
            raise refusal(service, path, wanted, why) from None

    def _health_port(self, given: Given, new: Object, old: View | None) -> None:
        spec = new["spec"]
        if not needs_health_port(spec):
            return
        wanted = spec.get("healthCheckNodePort") or 0
        if wanted and old is not None and get(old, "spec.healthCheckNodePort") == wanted:
            return
        if not wanted:
            spec["healthCheckNodePort"] = self._any_port(given)
            return
        try:
            given.take(self._ports, wanted)
        except (Taken, Outside) as error:
            what = "already allocated" if isinstance(error, Taken) else "not in the valid range"
            raise InternalError(
                f"failed to allocate requested HealthCheck NodePort {wanted}: "
                f"provided port is {what}"
            ) from None

    def _release(self, given: Given, new: View | None, old: View) -> None:
        """What only the old version has is free once the new one is written."""
        kept = new if new is not None else {}
        for address in set(addresses(old)) - set(addresses(kept)):
            given.freed.append((self._addresses, self._offset(address)))
        for port in ports_of(old) - ports_of(kept):
            given.freed.append((self._ports, port))


def requested_later(service: View, index: int) -> int:
    """The node port that another entry for the same port asks for."""
    ports = service["spec"]["ports"]
    same = (p.get("nodePort") for p in ports[index:] if p.get("port") == ports[index].get("port"))
    return next((number for number in same if number), 0)


def addresses(service: View) -> list[str]:
    spec: Any = service.get("spec") or {}
    given = spec.get("clusterIPs") or ([spec["clusterIP"]] if spec.get("clusterIP") else [])
    return [ip for ip in given if ip and ip != HEADLESS and ":" not in ip]


def ports_of(service: View) -> set[int]:
    spec: Any = service.get("spec") or {}
    found = {port["nodePort"] for port in spec.get("ports") or () if port.get("nodePort")}
    if spec.get("healthCheckNodePort"):
        found.add(spec["healthCheckNodePort"])
    return found


def needs_health_port(spec: View) -> bool:
    return spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"


def refusal(service: View, path: str, value: Any, why: str) -> Invalid:
    return Invalid("Service", service["metadata"].get("name", ""), [invalid(path, value, why)])
