"""ClusterRole (rbac.authorization.k8s.io/v1)."""

from onggi.api.kind import Kind
from onggi.kinds.rbac.columns import ROLE_COLUMNS
from onggi.kinds.rbac.rules import check_cluster_role

CLUSTERROLE = Kind(
    group="rbac.authorization.k8s.io",
    version="v1",
    name="ClusterRole",
    plural="clusterroles",
    schema="io.k8s.api.rbac.v1.ClusterRole",
    namespaced=False,
    status=False,
    rules=(check_cluster_role,),
    columns=ROLE_COLUMNS,
    name_rule="path",
)
