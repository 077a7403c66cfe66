"""ClusterRole (rbac.authorization.k8s.io/v1)."""

from onggi.api.kind import Kind

CLUSTERROLE = Kind(
    group="rbac.authorization.k8s.io",
    version="v1",
    name="ClusterRole",
    plural="clusterroles",
    schema="io.k8s.api.rbac.v1.ClusterRole",
    namespaced=False,
    status=False,
    name_rule="path",
)
