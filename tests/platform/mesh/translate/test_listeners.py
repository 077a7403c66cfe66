from onggi.platform.mesh.translate.listeners import Doors, listeners


def test_a_door_with_port_0_is_closed_and_https_needs_a_certificate():
    assert set(listeners(Doors(), {})) == {"http"}
    assert set(listeners(Doors(http_port=0), {"h": "default/tls"})) == {"https"}
    assert listeners(Doors(http_port=0), {}) == {}


def test_hosts_with_one_certificate_share_a_chain_and_the_nameless_takes_the_rest():
    names = {"a": "default/one", "b": "default/one", "": "default/two"}
    chains = listeners(Doors(), names)["https"]["filter_chains"]
    assert [c.get("filter_chain_match") for c in chains] == [None, {"server_names": ["a", "b"]}]


def test_every_address_is_listened_on():
    made = listeners(Doors(addresses=("127.0.0.1", "192.0.2.1")), {})["http"]
    assert made["address"]["socket_address"]["address"] == "127.0.0.1"
    assert len(made["additional_addresses"]) == 1
