import pytest

from onggi.proxy import host
from onggi.proxy.host import HostError, local_address


@pytest.fixture
def said(monkeypatch):
    """What the program ip is told; after ``gone`` it knows no address."""
    calls = []

    async def ip(*words):
        calls.append(" ".join(words))
        if words[1] == "delete":
            raise HostError("ipv4: Address not found")

    monkeypatch.setattr(host, "ip", ip)
    return calls


async def test_an_address_that_somebody_removed_is_no_trouble_at_the_end(said):
    async with local_address("10.96.0.10", "lo:onggi"):
        assert said == ["address replace 10.96.0.10/32 dev lo label lo:onggi"]
    assert said[1:] == ["address delete 10.96.0.10/32 dev lo label lo:onggi"]
