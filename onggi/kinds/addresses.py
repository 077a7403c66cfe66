"""IP addresses and networks as the API takes them. Upstream's words for what is wrong.

Sources: ``k8s.io/apimachinery/pkg/util/validation`` (ip.go), ``pkg/apis/core/validation``
(ValidateNonSpecialIP).
"""

import ipaddress
from collections.abc import Iterator

from onggi.api.field_error import FieldError, invalid

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NOT_AN_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
NOT_A_NETWORK = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"


def parsed(text: str) -> Address | None:
    """Forgiving as upstream is for old fields: zeros may lead (``010.1.2.3`` is 10.1.2.3)."""
    if text.count(".") == 3 and ":" not in text:
        text = ".".join(part.lstrip("0") or "0" if part.isdigit() else part
                        for part in text.split("."))  # fmt: skip
    if "%" in text:
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def is_ipv6(text: str) -> bool:
    return isinstance(parsed(text), ipaddress.IPv6Address)


def check_address(text: str, path: str) -> Iterator[FieldError]:
    if parsed(text) is None:
        yield invalid(path, text, NOT_AN_ADDRESS)


def check_network(text: str, path: str) -> Iterator[FieldError]:
    host, _, bits = text.partition("/")
    address = parsed(host)
    if (
        address is None
        or not (bits.isascii() and bits.isdigit())
        or int(bits) > address.max_prefixlen
    ):
        yield invalid(path, text, NOT_A_NETWORK)


def check_strict_network(text: str, path: str) -> Iterator[FieldError]:
    """For new fields: one spelling only, and no bits beyond the prefix."""
    if errors := list(check_network(text, path)):
        yield from errors
        return
    host, _, bits = text.partition("/")
    address, prefix = parsed(host), str(int(bits))
    mapped = isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None
    network = ipaddress.ip_network(f"{address}/{prefix}", strict=False)
    if bits != prefix or (host != str(address) and has_leading_zeros(host)):
        yield invalid(path, text, "must not have leading 0s in IP or prefix length")
    elif mapped:
        yield invalid(path, text, "must not have an IPv4-mapped IPv6 address")
    elif network.network_address != address:
        yield invalid(path, text, "must not have bits set beyond the prefix length")
    elif text != str(network):
        yield invalid(path, text, f'must be in canonical form ("{network}")')


def has_leading_zeros(text: str) -> bool:
    return ":" not in text and any(len(p) > 1 and p.startswith("0") for p in text.split("."))


def check_reachable(text: str, path: str) -> Iterator[FieldError]:
    """Endpoints and external addresses: nothing local to a host or meaningless."""
    address = parsed(text)
    if address is None:
        yield invalid(path, text, "must be a valid IP address")
        return
    if address.is_unspecified:
        yield invalid(path, text, f"may not be unspecified ({text})")
    if address.is_loopback:
        yield invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)")
    if address.is_link_local:
        detail = "may not be in the link-local range (169.254.0.0/16, fe80::/10)"
        yield invalid(path, text, detail)
    if is_link_local_multicast(address):
        detail = "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"
        yield invalid(path, text, detail)


def is_link_local_multicast(address: Address) -> bool:
    packed = address.packed
    if address.version == 4:
        return packed[:3] == bytes((224, 0, 0))
    return packed[0] == 0xFF and packed[1] & 0x0F == 0x02


def is_dual(texts: list[str]) -> bool:
    """One of each family, among two or more."""
    return {is_ipv6(text) for text in texts} == {True, False}


def joined(host: str, port: int) -> str:
    """``host:port``, with brackets around an IPv6 address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
