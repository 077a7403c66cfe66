"""RoleBinding (rbac.authorization.k8s.io/v1)."""

from onggi.api.kind import Kind

ROLEBINDING = Kind(
    group="rbac.authorization.k8s.io",
    version="v1",
    name="RoleBinding",
    plural="rolebindings",
    schema="io.k8s.api.rbac.v1.RoleBinding",
    status=False,
    name_rule="path",
)
