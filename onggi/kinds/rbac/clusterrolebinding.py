"""ClusterRoleBinding (rbac.authorization.k8s.io/v1)."""

from onggi.api.kind import Kind
from onggi.kinds.rbac.columns import BINDING_COLUMNS
from onggi.kinds.rbac.rules import check_cluster_role_binding, default_binding

CLUSTERROLEBINDING = Kind(
    group="rbac.authorization.k8s.io",
    version="v1",
    name="ClusterRoleBinding",
    plural="clusterrolebindings",
    schema="io.k8s.api.rbac.v1.ClusterRoleBinding",
    namespaced=False,
    status=False,
    derived=(default_binding,),
    rules=(check_cluster_role_binding,),
    columns=BINDING_COLUMNS,
    name_rule="path",
)
