"""The admission plugins, in upstream's order (``pkg/kubeapiserver/options/plugins.go``)."""

from collections.abc import Collection, Mapping

from onggi.apiserver.admission import Plugin
from onggi.apiserver.authz.attributes import Authorizer
from onggi.apiserver.plugins.certificates import (
    certificate_permissions,
    certificate_requester,
    restrict_subject,
)
from onggi.apiserver.plugins.ingress_class import default_ingress_class
from onggi.apiserver.plugins.lifecycle import namespace_lifecycle
from onggi.apiserver.plugins.limits import check_limits, set_limits
from onggi.apiserver.plugins.node_restriction import node_restriction
from onggi.apiserver.plugins.node_taints import taint_new_nodes
from onggi.apiserver.plugins.owner_references import owner_permissions
from onggi.apiserver.plugins.pod_security import TEMPLATES, pod_security
from onggi.apiserver.plugins.priority import one_default_priority, resolve_priority
from onggi.apiserver.plugins.runtime_class import check_runtime_class, set_runtime_class
from onggi.apiserver.plugins.service_account import check_service_account, service_account
from onggi.apiserver.plugins.storage import (
    check_resize,
    default_storage_class,
    protect_storage,
)
from onggi.apiserver.plugins.tolerations import default_toleration_seconds
from onggi.apiserver.plugins.topology_labels import label_with_topology
from onggi.apiserver.registry import Registry

MUTATING = (
    namespace_lifecycle,
    set_limits,
    service_account,
    node_restriction,
    taint_new_nodes,
    resolve_priority,
    default_toleration_seconds,
    default_storage_class,
    protect_storage,
    set_runtime_class,
    default_ingress_class,
    label_with_topology,
    certificate_requester,
)
VALIDATING = (
    check_limits,
    check_service_account,
    pod_security,
    one_default_priority,
    check_resize,
    check_runtime_class,
    restrict_subject,
)


# The others look at every write.
ABOUT: Mapping[Plugin, Collection[str]] = {
    set_limits: ("pods",),
    service_account: ("pods",),
    taint_new_nodes: ("nodes",),
    resolve_priority: ("pods",),
    default_toleration_seconds: ("pods",),
    default_storage_class: ("persistentvolumeclaims",),
    protect_storage: ("persistentvolumes", "persistentvolumeclaims"),
    set_runtime_class: ("pods",),
    default_ingress_class: ("ingresses.networking.k8s.io",),
    label_with_topology: ("pods", "bindings"),
    certificate_requester: ("certificatesigningrequests.certificates.k8s.io",),
    check_limits: ("pods", "persistentvolumeclaims"),
    check_service_account: ("pods",),
    pod_security: ("pods", "namespaces", *TEMPLATES),
    one_default_priority: ("priorityclasses.scheduling.k8s.io",),
    check_resize: ("persistentvolumeclaims",),
    check_runtime_class: ("pods",),
    restrict_subject: ("certificatesigningrequests.certificates.k8s.io",),
}


def with_rights(authorizer: Authorizer, registry: Registry) -> tuple[Plugin, ...]:
    """Those that ask what else the requester may do."""
    return (owner_permissions(authorizer, registry), certificate_permissions(authorizer))


__all__ = ["ABOUT", "MUTATING", "VALIDATING", "with_rights"]
