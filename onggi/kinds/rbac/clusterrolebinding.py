"""ClusterRoleBinding (rbac.authorization.k8s.io/v1)."""

from onggi.api.kind import Kind

CLUSTERROLEBINDING = Kind(
    group="rbac.authorization.k8s.io",
    version="v1",
    name="ClusterRoleBinding",
    plural="clusterrolebindings",
    schema="io.k8s.api.rbac.v1.ClusterRoleBinding",
    namespaced=False,
    status=False,
    name_rule="path",
)
