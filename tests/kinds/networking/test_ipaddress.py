"""An address is its name, in one spelling, and has one parent."""

import pytest

from onggi.api.names import address_name
from onggi.kinds.networking.ipaddress import IPADDRESS, parent
from tests.kinds.samples import created, said, said_of_update
from tests.world import NOW


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("10.0.0.1", ""),
        ("2001:db8::1", ""),
        ("web", "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
        ("010.0.0.1", "must not have leading 0s"),
        ("2001:DB8::1", 'must be in canonical form ("2001:db8::1")'),
        ("::ffff:1.2.3.4", "must not be an IPv4-mapped IPv6 address"),
        ("fe80::1%eth0", "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
    ],
)
def test_a_name_is_an_address(name, message):
    assert address_name(name) == ([message] if message else [])


def test_the_parent_is_named_and_stays():
    assert said(IPADDRESS, parentRef=None) == ["spec.parentRef: Required value"]
    (error,) = said_of_update(IPADDRESS, {"parentRef": {"resource": "services", "name": "b"}})
    assert error.endswith("field is immutable")


def test_the_parent_is_printed_with_its_group():
    address = created(IPADDRESS, parentRef={"group": "G.io", "resource": "things", "name": "a"})
    assert parent(address, NOW) == "things.g.io/a"
