import pytest

from onggi.kinds.addresses import check_address, check_network, check_reachable, joined


@pytest.mark.parametrize("text", ["10.9.8.7", "fd00::1", "010.9.8.7", "::ffff:10.0.0.1"])
def test_addresses(text: str) -> None:
    assert list(check_address(text, "p")) == []


@pytest.mark.parametrize("text", ["", "10.9.8", "10.9.8.256", "fe80::1%eth0", "a.b.c.d"])
def test_no_addresses(text: str) -> None:
    assert len(list(check_address(text, "p"))) == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [("10.0.0.0/8", 0), ("fd00::/64", 0), ("10.0.0.0", 1), ("10.0.0.0/33", 1), ("10.0.0.0/", 1)],
)
def test_networks(text: str, count: int) -> None:
    assert len(list(check_network(text, "p"))) == count


@pytest.mark.parametrize(
    "text", ["0.0.0.0", "127.0.0.1", "::1", "169.254.0.1", "224.0.0.1", "ff02::1", "fe80::1"]
)
def test_what_nobody_else_can_reach(text: str) -> None:
    assert len(list(check_reachable(text, "p"))) == 1


def test_a_v6_address_with_a_port_has_brackets() -> None:
    assert joined("fd00::1", 80) == "[fd00::1]:80"
