"""In which order API groups and their versions are listed: upstream's figures, as a table.

The groups of CustomResourceDefinitions come after all of these; extension servers say for
themselves. Sources: ``pkg/controlplane/{apiserver/aggregator,instance}.go``
(DefaultGenericAPIServicePriorities, defaultAPIServicePriorities),
``pkg/controlplane/controller/crdregistration``.
"""

from collections.abc import Mapping
from typing import NamedTuple

from onggi.api.objects import Object

AUTOMANAGED = "kube-aggregator.kubernetes.io/automanaged"
ONSTART, ALWAYS = "onstart", "true"


class Priority(NamedTuple):
    group: int
    version: int


CUSTOM = Priority(1000, 100)
GROUPS: Mapping[str, int] = {
    "": 18000,
    "apps": 17800,
    "events.k8s.io": 17750,
    "authentication.k8s.io": 17700,
    "authorization.k8s.io": 17600,
    "autoscaling": 17500,
    "batch": 17400,
    "certificates.k8s.io": 17300,
    "networking.k8s.io": 17200,
    "policy": 17100,
    "rbac.authorization.k8s.io": 17000,
    "storage.k8s.io": 16800,
    "apiextensions.k8s.io": 16700,
    "admissionregistration.k8s.io": 16700,
    "scheduling.k8s.io": 16600,
    "coordination.k8s.io": 16500,
    "node.k8s.io": 16300,
    "discovery.k8s.io": 16200,
    "flowcontrol.apiserver.k8s.io": 16100,
    "internal.apiserver.k8s.io": 16000,
    "resource.k8s.io": 15900,
    "storagemigration.k8s.io": 15800,
}
VERSIONS: Mapping[tuple[str, str], int] = {
    ("", "v1"): 1,
    ("autoscaling", "v2"): 30,
    ("flowcontrol.apiserver.k8s.io", "v1"): 21,
    ("resource.k8s.io", "v1"): 20,
    ("storagemigration.k8s.io", "v1"): 15,
}
BY_MATURITY = (("beta", 9), ("alpha", 1))
STABLE = 15


def built_in(group: str, version: str) -> Priority | None:
    """None for groups that are none of Kubernetes' own."""
    if group not in GROUPS:
        return None
    rank = next((figure for word, figure in BY_MATURITY if word in version), STABLE)
    return Priority(GROUPS[group], VERSIONS.get((group, version), rank))


def local(group: str, version: str) -> Object:
    """The APIService of what this server serves itself."""
    known = built_in(group, version)
    priority = known or CUSTOM
    spec = {
        "version": version,
        "groupPriorityMinimum": priority.group,
        "versionPriority": priority.version,
    }
    return {
        "metadata": {
            "name": f"{version}.{group}",
            "labels": {AUTOMANAGED: ONSTART if known else ALWAYS},
        },
        "spec": spec | ({"group": group} if group else {}),
    }
