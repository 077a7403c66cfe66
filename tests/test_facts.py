import socket

import pytest

from onggi.checks import NO_NODE, examine
from onggi.facts import gather, holder, kernel


def test_a_taken_port_is_seen_and_a_free_one_too():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert "pid" in holder("127.0.0.1", port)
    assert holder("127.0.0.1", port) == ""


@pytest.mark.root
def test_the_dns_address_may_be_still_to_come_but_not_be_served():
    address = "127.9.9.10"
    assert holder("192.0.2.10", 53) == ""  # TEST-NET-1: no address of this host
    with socket.create_server((address, 53)):
        assert "pid" in holder(address, 53)
    assert holder(address, 53) == ""


def test_this_machine_can_be_examined(tmp_path):
    facts = gather(tmp_path / "not" / "there", [("127.0.0.1", 0)], node=True)
    assert kernel() > (3, 0)
    assert examine(facts)
    assert all(f.level != "fail" for f in examine(facts, NO_NODE))
