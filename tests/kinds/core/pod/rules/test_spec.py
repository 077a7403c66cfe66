"""What upstream says of the same mistakes, word for word."""

from typing import Any

import pytest

from onggi.kinds.core.pod import POD
from tests.kinds.samples import CONTAINER, said


def of_container(**fields: Any) -> list[str]:
    return said(POD, containers=[{**CONTAINER, **fields}])


def of_volume(**source: Any) -> list[str]:
    return said(POD, volumes=[{"name": "v", **source}])


HOST_PORT = {"containerPort": 1, "hostPort": 2}
PROBE = {"tcpSocket": {"port": 1}}
LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"name": "Web"}, f'name: Invalid value: "Web": {LABEL}'),
        ({"image": ""}, "image: Required value"),
        ({"image": " x"},
         'image: Invalid value: " x": must not have leading or trailing whitespace'),
        ({"imagePullPolicy": "Often"},
         'imagePullPolicy: Unsupported value: "Often": supported values: '
         '"Always", "IfNotPresent", "Never"'),
        ({"ports": [{"containerPort": 0}]}, "ports[0].containerPort: Required value"),
        ({"ports": [{"containerPort": 70000}]},
         "ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive"),
        ({"ports": [{"containerPort": 1, "protocol": "ICMP"}]},
         'ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"'),
        ({"volumeMounts": [{"name": "gone", "mountPath": "/x"}]},
         'volumeMounts[0].name: Not found: "gone"'),
        ({"env": [{"name": ""}]}, "env[0].name: Required value"),
        ({"env": [{"name": "A", "value": "x", "valueFrom":
                   {"secretKeyRef": {"name": "s", "key": "k"}}}]},
         'env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty'),
        ({"env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.phase"}}}]},
         'env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "status.phase": supported '
         'values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", '
         '"spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", '
         '"status.podIPs"'),
        ({"envFrom": [{}]},
         'envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`'),
        ({"livenessProbe": {}}, "livenessProbe: Required value: must specify a handler type"),
        ({"livenessProbe": {**PROBE, "exec": {"command": ["a"]}}},
         "livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type"),
        ({"livenessProbe": {**PROBE, "successThreshold": 2}},
         "livenessProbe.successThreshold: Invalid value: 2: must be 1"),
        ({"readinessProbe": {**PROBE, "periodSeconds": -1}},
         "readinessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0"),
        ({"lifecycle": {"preStop": {"sleep": {"seconds": 31}}}},
         "lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than "
         "terminationGracePeriodSeconds (30)"),
        ({"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}},
         'resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'),
        ({"resources": {"limits": {"cpu": "-1"}}},
         'resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0'),
        ({"resources": {"limits": {"hugepages-2Mi": "4Mi"}}},
         "resources: Forbidden: HugePages require cpu or memory"),
        ({"resources": {"requests": {"example.com/gpu": "1"}}},
         "resources.limits: Required value: Limit must be set for non overcommitable resources"),
        ({"securityContext": {"runAsUser": -1}},
         "securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, "
         "inclusive"),
        ({"securityContext": {"seccompProfile": {"type": "Localhost"}}},
         "securityContext.seccompProfile.localhostProfile: Required value: must be set when "
         "seccomp type is Localhost"),
    ],
)  # fmt: skip
def test_containers(fields: dict[str, Any], expected: str) -> None:
    assert f"spec.containers[0].{expected}" in of_container(**fields)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"secret": {}}, "secret.secretName: Required value"),
        ({"secret": {"secretName": "s", "defaultMode": 0o1777}},
         "secret.defaultMode: Invalid value: 1023: must be a number between 0 and 0777 (octal), "
         "both inclusive"),
        ({"configMap": {"name": "c", "items": [{"key": "k", "path": "../x"}]}},
         'configMap.items[0].path: Invalid value: "../x": must not contain \'..\''),
        ({"hostPath": {"path": "/a/../b"}},
         'hostPath.path: Invalid value: "/a/../b": must not contain \'..\''),
        ({"emptyDir": {}, "hostPath": {"path": "/"}},
         "hostPath: Forbidden: may not specify more than 1 volume type"),
        ({"downwardAPI": {"items": [{"path": "p"}]}},
         "downwardAPI: Required value: one of fieldRef and resourceFieldRef is required"),
    ],
)  # fmt: skip
def test_volumes(source: dict[str, Any], expected: str) -> None:
    assert of_volume(**source)[0] == f"spec.volumes[0].{expected}"


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"containers": []}, "containers: Required value"),
        ({"containers": [CONTAINER, CONTAINER]}, 'containers[1].name: Duplicate value: "web"'),
        ({"initContainers": [CONTAINER]}, 'initContainers[0].name: Duplicate value: "web"'),
        ({"initContainers": [{**CONTAINER, "name": "i", "livenessProbe": PROBE}]},
         "initContainers[0].livenessProbe: Forbidden: may not be set for init containers without "
         "restartPolicy=Always"),
        ({"restartPolicy": "Sometimes"},
         'restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", '
         '"Never"'),
        ({"activeDeadlineSeconds": 0},
         "activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive"),
        ({"dnsPolicy": "None"},
         "dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"),
        ({"hostAliases": [{"ip": "nowhere"}]},
         'hostAliases[0].ip: Invalid value: "nowhere": must be a valid IP address, (e.g. 10.9.8.7 '
         "or 2001:db8::ffff)"),
        ({"tolerations": [{"operator": "Equal"}]},
         'tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is '
         'empty, which means "match all values and all keys"'),
        ({"topologySpreadConstraints": [{"maxSkew": 0, "topologyKey": "z",
                                         "whenUnsatisfiable": "DoNotSchedule"}]},
         "topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero"),
        ({"ephemeralContainers": [{**CONTAINER, "name": "e"}]},
         "ephemeralContainers: Forbidden: cannot be set on create"),
        ({"nodeName": "n", "schedulingGates": [{"name": "g"}]},
         "nodeName: Forbidden: cannot be set until all schedulingGates have been cleared"),
        ({"hostNetwork": True, "containers": [
            {**CONTAINER, "ports": [{"containerPort": 1, "hostPort": 2}]}]},
         "containers[0].ports[0].hostPort: Invalid value: 2: must match `containerPort` when "
         "`hostNetwork` is true"),
        ({"containers": [{**CONTAINER, "name": n, "ports": [HOST_PORT]} for n in "ab"]},
         'containers[1].ports[0].hostPort: Duplicate value: "TCP//2"'),
    ],
)  # fmt: skip
def test_specs(spec: dict[str, Any], expected: str) -> None:
    assert f"spec.{expected}" in said(POD, **spec)
