"""Addresses: ``ip('10.0.0.1')``, ``cidr('10.0.0.0/8')``, and what they have.

Source: ``k8s.io/apiserver/pkg/cel/library`` (ip.go, cidr.go), Go's ``net/netip``.
"""

import ipaddress
from dataclasses import dataclass
from typing import ClassVar

from onggi.api.cel.errors import CelError
from onggi.api.cel.overloads import Overload, function, method

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Ip:
    TYPE: ClassVar[str] = "net.IP"
    address: Address

    def __str__(self) -> str:
        return str(self.address)


@dataclass(frozen=True, slots=True)
class Cidr:
    """An address with the length of its prefix: the bits after it are kept."""

    TYPE: ClassVar[str] = "net.CIDR"
    address: Address
    bits: int

    def __str__(self) -> str:
        return f"{self.address}/{self.bits}"

    @property
    def network(self) -> Network:
        return ipaddress.ip_network((self.address, self.bits), strict=False)


def parsed(text: str) -> Address:
    """Raises ValueError: no zones, no IPv4 within IPv6."""
    if len(text) > 64 or "%" in text:
        raise ValueError(f'IP address "{text}" with zone value is not allowed')
    address = ipaddress.ip_address(text)
    if address.version == 6 and address.ipv4_mapped is not None:
        raise ValueError(f'IPv4-mapped IPv6 address "{text}" is not allowed')
    return address


def ip_of(text: str) -> Ip:
    try:
        return Ip(parsed(text))
    except ValueError as error:
        why = str(error)
        if "not allowed" not in why:
            why = f'IP Address "{text}" parse error during conversion from string: {go_words(text)}'
        raise CelError(why) from None


def go_words(text: str) -> str:
    return f'ParseAddr("{text}"): unable to parse IP'


def is_ip(text: str) -> bool:
    try:
        return bool(parsed(text))
    except ValueError:
        return False


def is_global(address: Address) -> bool:
    """Go's meaning: private addresses are global unicast, too."""
    v4_broadcast = address.version == 4 and int(address) == 2**32 - 1
    special = address.is_unspecified or address.is_loopback or address.is_multicast
    return not (special or address.is_link_local or v4_broadcast)


def is_link_local_multicast(address: Address) -> bool:
    if address.version == 4:
        return int(address) >> 8 == 0xE00000
    return int(address) >> 112 & 0xFF0F == 0xFF02


def parsed_cidr(text: str) -> Cidr:
    """Raises ValueError."""
    head, slash, bits = text.rpartition("/")
    if not slash or not bits.isascii() or not bits.isdigit() or (bits[0] == "0" and bits != "0"):
        raise ValueError(f'netip.ParsePrefix("{text}"): bad bits after slash: "{bits}"')
    address = parsed(head)
    if int(bits) > address.max_prefixlen:
        raise ValueError(f'netip.ParsePrefix("{text}"): prefix length out of range')
    return Cidr(address, int(bits))


def cidr_of(text: str) -> Cidr:
    try:
        return parsed_cidr(text)
    except ValueError as error:
        where = "network address parse error during conversion from string: "
        raise CelError(f"{where}{error}") from None


def is_cidr(text: str) -> bool:
    try:
        return bool(parsed_cidr(text))
    except ValueError:
        return False


def contains_ip(cidr: Cidr, ip: Ip) -> bool:
    return ip.address in cidr.network


def contains_cidr(outer: Cidr, inner: Cidr) -> bool:
    same = outer.address.version == inner.address.version
    return same and outer.bits <= inner.bits and inner.address in outer.network


def masked(cidr: Cidr) -> Cidr:
    return Cidr(cidr.network.network_address, cidr.bits)


OVERLOADS: tuple[Overload, ...] = (
    function("ip", "string_to_ip", "string -> net.IP", ip_of),
    function("isIP", "is_ip", "string -> bool", is_ip),
    function("ip.isCanonical", "ip_is_canonical", "string -> bool",
             lambda text: str(ip_of(text)) == text),
    function("string", "ip_to_string", "net.IP -> string", str),
    method("family", "ip_family", "net.IP -> int", lambda ip: ip.address.version),
    method("isUnspecified", "ip_is_unspecified", "net.IP -> bool",
           lambda ip: ip.address.is_unspecified),
    method("isLoopback", "ip_is_loopback", "net.IP -> bool", lambda ip: ip.address.is_loopback),
    method("isLinkLocalMulticast", "ip_is_link_local_multicast", "net.IP -> bool",
           lambda ip: is_link_local_multicast(ip.address)),
    method("isLinkLocalUnicast", "ip_is_link_local_unicast", "net.IP -> bool",
           lambda ip: ip.address.is_link_local),
    method("isGlobalUnicast", "ip_is_global_unicast", "net.IP -> bool",
           lambda ip: is_global(ip.address)),
    function("cidr", "string_to_cidr", "string -> net.CIDR", cidr_of),
    function("isCIDR", "is_cidr", "string -> bool", is_cidr),
    function("string", "cidr_to_string", "net.CIDR -> string", str),
    method("containsIP", "cidr_contains_ip_string", "net.CIDR, string -> bool",
           lambda cidr, text: contains_ip(cidr, ip_of(text))),
    method("containsIP", "cidr_contains_ip_ip", "net.CIDR, net.IP -> bool", contains_ip),
    method("containsCIDR", "cidr_contains_cidr_string", "net.CIDR, string -> bool",
           lambda cidr, text: contains_cidr(cidr, cidr_of(text))),
    method("containsCIDR", "cidr_contains_cidr", "net.CIDR, net.CIDR -> bool", contains_cidr),
    method("ip", "cidr_ip", "net.CIDR -> net.IP", lambda cidr: Ip(cidr.address)),
    method("prefixLength", "cidr_prefix_length", "net.CIDR -> int", lambda cidr: cidr.bits),
    method("masked", "cidr_masked", "net.CIDR -> net.CIDR", masked),
)  # fmt: skip
