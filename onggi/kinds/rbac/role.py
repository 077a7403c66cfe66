"""Role (rbac.authorization.k8s.io/v1)."""

from onggi.api.kind import Kind

ROLE = Kind(
    group="rbac.authorization.k8s.io",
    version="v1",
    name="Role",
    plural="roles",
    schema="io.k8s.api.rbac.v1.Role",
    status=False,
    name_rule="path",
)
