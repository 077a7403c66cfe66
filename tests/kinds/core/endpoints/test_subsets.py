"""Subsets of Endpoints: each set of addresses once, ready before the rest."""

from onggi.kinds.core.endpoints.subsets import Place, repack, truncate

HTTP = {"name": "http", "port": 80, "protocol": "TCP"}
ADMIN = {"name": "admin", "port": 81, "protocol": "TCP"}


def address(number):
    return {"ip": f"10.0.0.{number}", "targetRef": {"uid": str(number)}}


def test_ports_with_the_same_addresses_share_a_subset():
    places = [Place(address(n), port, True) for n in (2, 1) for port in (HTTP, ADMIN)]
    assert repack(places) == [{"addresses": [address(1), address(2)], "ports": [ADMIN, HTTP]}]


def test_ports_with_different_addresses_do_not():
    places = [Place(address(1), HTTP, True), Place(address(2), ADMIN, True)]
    assert repack(places) == [
        {"addresses": [address(2)], "ports": [ADMIN]},
        {"addresses": [address(1)], "ports": [HTTP]},
    ]


def test_addresses_that_are_not_ready_stand_apart():
    places = [Place(address(1), HTTP, True), Place(address(2), HTTP, False)]
    assert repack(places) == [
        {"addresses": [address(1)], "notReadyAddresses": [address(2)], "ports": [HTTP]}
    ]


def test_a_service_without_ports_has_addresses_all_the_same():
    assert repack([Place(address(1), None, True)]) == [{"addresses": [address(1)]}]


def test_no_more_than_a_thousand_addresses_are_listed_ready_ones_first():
    subsets = [
        {"addresses": [address(n) for n in range(600)], "ports": [HTTP]},
        {"notReadyAddresses": [address(n) for n in range(600)], "ports": [ADMIN]},
    ]
    assert truncate(subsets[:1]) is None
    first, second = truncate(subsets)
    assert (len(first["addresses"]), len(second["notReadyAddresses"])) == (600, 400)


def test_too_many_ready_addresses_leave_no_room_for_others():
    subsets = [
        {"addresses": [address(n) for n in range(1500)], "ports": [HTTP]},
        {
            "addresses": [address(n) for n in range(500)],
            "notReadyAddresses": [address(9)],
            "ports": [ADMIN],
        },
    ]
    first, second = truncate(subsets)
    assert (len(first["addresses"]), len(second["addresses"])) == (750, 250)
    assert "notReadyAddresses" not in second
