from typing import Any

import pytest

from onggi.kinds.core.service import SERVICE
from tests.kinds.samples import said, said_of_update

PORT = {"port": 80}
ADDRESS = {"clusterIP": "10.96.0.7", "clusterIPs": ["10.96.0.7"]}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"ports": []}, "ports: Required value"),
        ({"ports": [{"port": 0, "targetPort": 1}]},
         "ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive"),
        ({"ports": [PORT, {"port": 81}]}, "ports[0].name: Required value"),
        ({"ports": [{"name": "a", "port": 80}, {"name": "a", "port": 81}]},
         'ports[1].name: Duplicate value: "a"'),
        ({"ports": [{"name": "a", "port": 80}, {"name": "b", "port": 80}]},
         'ports[1]: Duplicate value: {"protocol":"TCP","port":80}'),
        ({"ports": [{**PORT, "nodePort": 30000}]},
         "ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"),
        ({"type": "Cluster"},
         'type: Unsupported value: "Cluster": supported values: "ClusterIP", "ExternalName", '
         '"LoadBalancer", "NodePort"'),
        ({"type": "ExternalName"}, "externalName: Required value"),
        ({"type": "NodePort", "clusterIP": "None"},
         "clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services"),
        ({"clusterIP": "ten"},
         'clusterIPs[0]: Invalid value: "ten": must be a valid IP address, (e.g. 10.9.8.7 or '
         "2001:db8::ffff)"),
        ({"clusterIP": "fd00::1"},
         'clusterIPs[0]: Invalid value: "fd00::1": expected an IPv4 value as indicated by '
         "`ipFamilies[0]`"),
        ({"ipFamilyPolicy": "RequireDualStack"},
         'ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for '
         "dual-stack services"),
        ({"ipFamilies": ["IPv6"]},
         'ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'),
        ({"sessionAffinity": "ClientIP",
          "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 0}}},
         "sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater than 0 "
         "and less than 86400"),
        ({"externalIPs": ["127.0.0.1"]},
         'externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range '
         "(127.0.0.0/8, ::1/128)"),
        ({"externalTrafficPolicy": "Local"},
         'externalTrafficPolicy: Invalid value: "Local": may only be set for '
         "externally-accessible services"),
        ({"internalTrafficPolicy": "Near"},
         'internalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"'),
        ({"loadBalancerClass": "a/b"},
         "loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'"),
    ],
)  # fmt: skip
def test_services(spec: dict[str, Any], expected: str) -> None:
    assert f"spec.{expected}" in said(SERVICE, **spec)


def test_the_address_stays() -> None:
    change = {"clusterIP": "10.96.0.8", "clusterIPs": ["10.96.0.8"]}
    assert said_of_update(SERVICE, change, **ADDRESS) == [
        'spec.clusterIPs[0]: Invalid value: ["10.96.0.8"]: may not change once set'
    ]


def test_a_service_may_not_become_headless() -> None:
    change = {"clusterIP": "None", "clusterIPs": ["None"]}
    assert said_of_update(SERVICE, change, **ADDRESS) == [
        'spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set'
    ]
