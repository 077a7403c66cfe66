"""Defaults of a NetworkPolicy, its peers and ports; and that nothing enforces it yet."""

import pytest

from onggi.api.warnings import warnings
from onggi.kinds.networking.networkpolicy import NETWORKPOLICY
from tests.kinds.samples import created, said


def test_a_policy_is_about_ingress_and_about_egress_if_it_speaks_of_it():
    assert created(NETWORKPOLICY)["spec"]["policyTypes"] == ["Ingress"]
    assert created(NETWORKPOLICY, egress=[{}])["spec"]["policyTypes"] == ["Ingress", "Egress"]


def test_ports_are_tcp():
    (rule,) = created(NETWORKPOLICY)["spec"]["ingress"]
    assert rule["ports"] == [{"port": 80, "protocol": "TCP"}]


@pytest.mark.parametrize(
    ("peer", "error"),
    [
        ({}, "spec.ingress[0].from[0]: Required value: must specify a peer"),
        (
            {"ipBlock": {"cidr": "10.0.0.0/8"}, "podSelector": {}},
            "spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer",
        ),
        (
            {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.0.0.0/8"]}},
            'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a '
            "strict subset of `cidr`",
        ),
        ({"ipBlock": {}}, "spec.ingress[0].from[0].ipBlock.cidr: Required value"),
    ],
)
def test_a_peer_is_pods_or_a_network(peer, error):
    assert said(NETWORKPOLICY, ingress=[{"from": [peer]}]) == [error]


@pytest.mark.parametrize(
    ("port", "detail"),
    [
        ({"port": 80, "endPort": 70}, "must be greater than or equal to `port`"),
        ({"port": "web", "endPort": 70}, "may not be specified when `port` is non-numeric"),
        ({"endPort": 70}, "may not be specified when `port` is not specified"),
    ],
)
def test_a_range_of_ports_begins_with_a_number(port, detail):
    (error,) = said(NETWORKPOLICY, ingress=[{"ports": [port]}])
    assert error == f"spec.ingress[0].ports[0].endPort: Invalid value: 70: {detail}"


def test_nobody_is_told_that_it_works():
    (text,) = warnings(NETWORKPOLICY, created(NETWORKPOLICY))
    assert text == "spec: not supported by Onggi yet; every pod may reach every other"
