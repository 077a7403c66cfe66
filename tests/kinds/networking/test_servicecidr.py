"""Networks of Services: one of a family, canonical, and never another one."""

import pytest

from onggi.kinds.networking.servicecidr import SERVICECIDR
from tests.kinds.samples import said, said_of_update


@pytest.mark.parametrize(
    ("networks", "detail"),
    [
        ([], "at least one CIDR required"),
        (["10.0.0.1/8"], "must not have bits set beyond the prefix length"),
        (["010.0.0.0/8"], "must not have leading 0s in IP or prefix length"),
        (["10.0.0.0/8", "11.0.0.0/8"], "may specify no more than one IP for each IP family, i.e "
         "192.168.0.0/24 and 2001:db8::/64"),
        (["x"], "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
    ],
)  # fmt: skip
def test_networks_are_checked(networks, detail):
    (error,) = said(SERVICECIDR, cidrs=networks)
    assert error.endswith(detail)


def test_a_second_family_may_be_added():
    assert said_of_update(SERVICECIDR, {"cidrs": ["10.9.0.0/16", "2001:db8::/64"]}) == []
    (error,) = said_of_update(SERVICECIDR, {"cidrs": ["10.8.0.0/16"]})
    assert error == 'spec.cidrs[0]: Invalid value: "10.8.0.0/16": field is immutable'
