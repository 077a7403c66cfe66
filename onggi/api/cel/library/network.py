"""Addresses: ``ip('10.0.0.1')``, ``cidr('10.0.0.0/8')``, ``url('https://x')`` and what they have.

Source: ``k8s.io/apiserver/pkg/cel/library`` (ip.go, cidr.go, urls.go), Go's ``net/netip``.
"""

import ipaddress
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

from onggi.api.cel.errors import CelError
from onggi.api.cel.overloads import Overload, function, method
from onggi.api.structural.formats import is_uri

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


@dataclass(frozen=True, slots=True)
class Url:
    TYPE: ClassVar[str] = "kubernetes.URL"
    text: str
    parts: SplitResult


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


def url_of(text: str) -> Url:
    if not is_url(text):
        raise CelError(f'URL parse error during conversion from string: parse "{text}": '
                       "invalid URI for request")  # fmt: skip
    return Url(text, urlsplit(text))


def is_url(text: str) -> bool:
    if not is_uri(text):
        return False
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return "%" not in text or all_escapes(text)


def all_escapes(text: str) -> bool:
    rest = text.split("%")[1:]
    return all(len(part) >= 2 and all(c in HEX for c in part[:2]) for part in rest)


HEX = frozenset("0123456789abcdefABCDEF")


def host(url: Url) -> str:
    return url.parts.netloc.rpartition("@")[2]


def hostname(url: Url) -> str:
    name = host(url)
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0]


def port(url: Url) -> str:
    name = host(url).rpartition("]")[2]
    return name.partition(":")[2]


def escaped_path(url: Url) -> str:
    path = url.parts.path
    return path if "%" in path else quote(unquote(path), safe="/:@!$&'()*+,;=~-._[]")


def query(url: Url) -> dict[str, list[str]]:
    try:
        return parse_qs(url.parts.query, keep_blank_values=True, max_num_fields=10_000)
    except ValueError:
        return {}


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
    function("url", "string_to_url", "string -> kubernetes.URL", url_of),
    function("isURL", "is_url_string", "string -> bool", is_url),
    method("getScheme", "url_get_scheme", "kubernetes.URL -> string", lambda u: u.parts.scheme),
    method("getHost", "url_get_host", "kubernetes.URL -> string", host),
    method("getHostname", "url_get_hostname", "kubernetes.URL -> string", hostname),
    method("getPort", "url_get_port", "kubernetes.URL -> string", port),
    method("getEscapedPath", "url_get_escaped_path", "kubernetes.URL -> string", escaped_path),
    method("getQuery", "url_get_query", "kubernetes.URL -> map(string, list(string))", query),
)  # fmt: skip
