"""The admission plugins, in upstream's order (``pkg/kubeapiserver/options/plugins.go``)."""

from onggi.apiserver.plugins.ingress_class import default_ingress_class
from onggi.apiserver.plugins.lifecycle import namespace_lifecycle
from onggi.apiserver.plugins.node_restriction import node_restriction
from onggi.apiserver.plugins.node_taints import taint_new_nodes
from onggi.apiserver.plugins.priority import one_default_priority, resolve_priority
from onggi.apiserver.plugins.service_account import service_account
from onggi.apiserver.plugins.tolerations import default_toleration_seconds

MUTATING = (
    namespace_lifecycle,
    service_account,
    node_restriction,
    taint_new_nodes,
    resolve_priority,
    default_toleration_seconds,
    default_ingress_class,
)
VALIDATING = (one_default_priority,)

__all__ = ["MUTATING", "VALIDATING"]
