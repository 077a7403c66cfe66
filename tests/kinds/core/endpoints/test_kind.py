from typing import Any

import pytest

from onggi.kinds.core.endpoints import ENDPOINTS
from onggi.kinds.core.endpoints.kind import shown
from tests.kinds.samples import created
from tests.world import NOW


def addresses(count: int) -> list[dict[str, Any]]:
    return [{"ip": f"10.1.0.{i + 1}"} for i in range(count)]


@pytest.mark.parametrize(
    ("subsets", "expected"),
    [
        ([], "<none>"),
        ([{"addresses": addresses(2)}], "10.1.0.1,10.1.0.2"),
        ([{"addresses": addresses(2), "ports": [{"port": 80}]}], "10.1.0.1:80,10.1.0.2:80"),
        ([{"addresses": addresses(2), "ports": [{"port": 80}, {"port": 81}]}],
         "10.1.0.1:80,10.1.0.2:80,10.1.0.1:81 + 1 more..."),
        ([{"notReadyAddresses": addresses(1), "ports": [{"port": 80}]}], ""),
    ],
)  # fmt: skip
def test_three_endpoints_are_shown(subsets: list[Any], expected: str) -> None:
    assert shown({"subsets": subsets}, NOW) == expected


def test_endpoints_are_reachable_addresses() -> None:
    endpoints = created(ENDPOINTS) | {"subsets": [{}, {"addresses": [{"ip": "169.254.1.1"}]}]}
    assert [str(e) for e in ENDPOINTS.validate(endpoints)] == [
        "subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`",
        'subsets[1].addresses[0].ip: Invalid value: "169.254.1.1": may not be in the link-local '
        "range (169.254.0.0/16, fe80::/10)",
    ]


def test_endpoints_are_deprecated_in_upstreams_words() -> None:
    assert ENDPOINTS.deprecated == (
        "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
    )
