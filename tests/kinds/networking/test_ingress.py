from typing import Any

import pytest

from onggi.api.warnings import warnings
from onggi.kinds.networking.ingress import INGRESS
from tests.kinds.samples import BACKEND, created, said
from tests.world import NOW


def path(**fields: Any) -> dict[str, Any]:
    whole = {"path": "/", "pathType": "Prefix", "backend": BACKEND, **fields}
    paths = [{key: value for key, value in whole.items() if value is not None}]
    return {"rules": [{"http": {"paths": paths}}]}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"rules": []},
         "spec: Invalid value: []: either `defaultBackend` or `rules` must be specified"),
        ({"rules": [{"host": "192.0.2.1"}]},
         'spec.rules[0].host: Invalid value: "192.0.2.1": must be a DNS name, not an IP address'),
        ({"rules": [{"http": {"paths": []}}]}, "spec.rules[0].http.paths: Required value"),
        (path(pathType=None),
         "spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified"),
        (path(pathType="Regex"),
         'spec.rules[0].http.paths[0].pathType: Unsupported value: "Regex": supported values: '
         '"Exact", "ImplementationSpecific", "Prefix"'),
        (path(path="shop"),
         'spec.rules[0].http.paths[0].path: Invalid value: "shop": must be an absolute path'),
        (path(path="/a//b"),
         "spec.rules[0].http.paths[0].path: Invalid value: \"/a//b\": must not contain '//'"),
        (path(backend={}),
         'spec.rules[0].http.paths[0].backend: Invalid value: "": resource or service backend is '
         "required"),
        (path(backend={"service": {"name": "web"}}),
         "spec.rules[0].http.paths[0].backend: Required value: port name or number is required"),
    ],
)  # fmt: skip
def test_ingresses(spec: dict[str, Any], expected: str) -> None:
    assert expected in said(INGRESS, **spec)


def test_wildcards_have_one_star_in_front() -> None:
    rules = [{"host": "*.example.com"}]
    assert said(INGRESS, rules=rules, tls=[{"hosts": ["*.example.com"]}]) == []
    assert len(said(INGRESS, rules=[{"host": "a.*.com"}])) == 1


def test_resource_backends_are_warned_about() -> None:
    spec = path(backend={"resource": {"kind": "Bucket", "name": "b"}})
    assert warnings(INGRESS, created(INGRESS, **spec)) == [
        "spec.rules[0].http.paths[0].backend.resource: resource backends are not supported by "
        "Onggi yet; requests get 503"
    ]


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [([""], "*"), (["a", "b"], "a,b"), (["a", "b", "c", "d"], "a,b,c + 1 more...")],
)
def test_the_hosts(hosts: list[str], expected: str) -> None:
    ingress = created(INGRESS, rules=[{"host": host} for host in hosts])
    cells = {c.name: c.value(ingress, NOW) for c in INGRESS.columns if callable(c.value)}
    assert cells["Hosts"] == expected
    assert (cells["Class"], cells["Ports"], cells["Address"]) == ("<none>", "80", "")
