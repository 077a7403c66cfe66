from typing import Any

import pytest

from onggi.kinds.discovery.endpointslice import ENDPOINTSLICE
from tests.kinds.samples import completed, created, sample
from tests.world import NOW


def said(**fields: Any) -> list[str]:
    obj = completed(ENDPOINTSLICE, sample(ENDPOINTSLICE) | fields)
    return [str(e) for e in ENDPOINTSLICE.validate(obj)]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"addressType": "IP"},
         'addressType: Unsupported value: "IP": supported values: "FQDN", "IPv4", "IPv6"'),
        ({"endpoints": [{"addresses": []}]},
         "endpoints[0].addresses: Required value: must contain at least 1 address"),
        ({"endpoints": [{"addresses": ["fd00::1"]}]},
         'endpoints[0].addresses[0]: Invalid value: "fd00::1": must be a valid IPv4 address'),
        ({"ports": [{"port": 1}, {"port": 2}]}, 'ports[1].name: Duplicate value: ""'),
        ({"endpoints": [{"addresses": ["10.1.0.1"]}] * 1001},
         "endpoints: Too many: 1001: must have at most 1000 items"),
    ],
)  # fmt: skip
def test_slices(fields: dict[str, Any], expected: str) -> None:
    assert expected in said(**fields)


def test_the_address_type_stays() -> None:
    new = created(ENDPOINTSLICE) | {"addressType": "IPv6", "endpoints": []}
    assert [str(e) for e in ENDPOINTSLICE.validate(new, created(ENDPOINTSLICE))] == [
        'addressType: Invalid value: "IPv6": field is immutable'
    ]


def test_what_kubectl_get_shows() -> None:
    many = sample(ENDPOINTSLICE) | {
        "endpoints": [{"addresses": [f"10.1.0.{i}"]} for i in range(1, 6)],
        "ports": [{"name": "a", "port": 80}, {"name": "b"}],
    }
    cells = {c.name: c.value(many, NOW) for c in ENDPOINTSLICE.columns if callable(c.value)}
    assert cells == {"Ports": "80,b", "Endpoints": "10.1.0.1,10.1.0.2,10.1.0.3 + 2 more..."}
    empty = {c.name: c.value({}, NOW) for c in ENDPOINTSLICE.columns if callable(c.value)}
    assert empty == {"Ports": "<unset>", "Endpoints": "<unset>"}
