"""Role (rbac.authorization.k8s.io/v1)."""

from onggi.api.kind import Kind
from onggi.kinds.rbac.columns import ROLE_COLUMNS
from onggi.kinds.rbac.rules import check_role

ROLE = Kind(
    group="rbac.authorization.k8s.io",
    version="v1",
    name="Role",
    plural="roles",
    schema="io.k8s.api.rbac.v1.Role",
    status=False,
    rules=(check_role,),
    columns=ROLE_COLUMNS,
    name_rule="path",
)
