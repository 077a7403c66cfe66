"""Which definition of OpenAPI an object's ``apiVersion`` and ``kind`` mean."""

from collections.abc import Mapping

META = "io.k8s.apimachinery.pkg.apis.meta.v1"
META_KINDS = (
    "APIGroup", "APIGroupList", "APIResourceList", "APIVersions", "Status",
    "CreateOptions", "DeleteOptions", "PatchOptions", "UpdateOptions",
)  # fmt: skip
# By API group; that of a custom resource may begin with the same word.
PACKAGES: Mapping[str, str] = {
    "": "io.k8s.api.core",
    "admissionregistration.k8s.io": "io.k8s.api.admissionregistration",
    "apiextensions.k8s.io": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions",
    "apiregistration.k8s.io": "io.k8s.kube-aggregator.pkg.apis.apiregistration",
    "apps": "io.k8s.api.apps",
    "authentication.k8s.io": "io.k8s.api.authentication",
    "authorization.k8s.io": "io.k8s.api.authorization",
    "autoscaling": "io.k8s.api.autoscaling",
    "batch": "io.k8s.api.batch",
    "certificates.k8s.io": "io.k8s.api.certificates",
    "coordination.k8s.io": "io.k8s.api.coordination",
    "discovery.k8s.io": "io.k8s.api.discovery",
    "events.k8s.io": "io.k8s.api.events",
    "flowcontrol.apiserver.k8s.io": "io.k8s.api.flowcontrol",
    "internal.apiserver.k8s.io": "io.k8s.api.apiserverinternal",
    "lifecycle.k8s.io": "io.k8s.api.lifecycle",
    "meta.k8s.io": "io.k8s.apimachinery.pkg.apis.meta",
    "networking.k8s.io": "io.k8s.api.networking",
    "node.k8s.io": "io.k8s.api.node",
    "policy": "io.k8s.api.policy",
    "rbac.authorization.k8s.io": "io.k8s.api.rbac",
    "resource.k8s.io": "io.k8s.api.resource",
    "scheduling.k8s.io": "io.k8s.api.scheduling",
    "storage.k8s.io": "io.k8s.api.storage",
    "storagemigration.k8s.io": "io.k8s.api.storagemigration",
}


def definition(version: str, kind: str) -> str:
    if kind in META_KINDS:
        return f"{META}.{kind}"
    group, _, number = version.rpartition("/")
    return f"{PACKAGES.get(group, group)}.{number}.{kind}"
