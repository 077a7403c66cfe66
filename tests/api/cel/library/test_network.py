"""Addresses and networks."""

import pytest

from tests.api.cel.expressions import failure, value


@pytest.mark.parametrize(
    "source",
    [
        "ip('10.0.0.1').family() == 4 && ip('::1').family() == 6",
        "isIP('1.2.3.4') && !isIP('1.2.3') && !isIP('::ffff:1.2.3.4') && !isIP('fe80::1%eth0')",
        "ip.isCanonical('::1') && !ip.isCanonical('0:0::1')",
        "ip('127.0.0.1').isLoopback() && ip('0.0.0.0').isUnspecified()",
        "ip('224.0.0.1').isLinkLocalMulticast() && ip('169.254.1.1').isLinkLocalUnicast()",
        "ip('192.168.0.1').isGlobalUnicast() && !ip('255.255.255.255').isGlobalUnicast()",
        "cidr('10.0.0.0/8').containsIP('10.1.2.3')",
        "!cidr('10.0.0.0/8').containsIP(ip('11.0.0.1'))",
        "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')",
        "!cidr('10.1.0.0/16').containsCIDR('10.0.0.0/8')",
        "cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8')",
        "cidr('::1/128').ip() == ip('::1') && cidr('::1/128').prefixLength() == 128",
        "string(ip('1.2.3.4')) == '1.2.3.4' && string(cidr('1.2.3.4/8')) == '1.2.3.4/8'",
        "isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0') && !isCIDR('10.0.0.0/08')",
        "type(ip('1.2.3.4')) == net.IP && ip('1.2.3.4') == ip('1.2.3.4')",
    ],
)
def test_functions_of_addresses(source: str) -> None:
    assert value(source) is True


def test_what_is_no_address_says_so() -> None:
    assert 'IP Address "x" parse error during conversion from string' in failure("ip('x')")
    assert "network address parse error" in failure("cidr('10.0.0.0/99')")
