"""RoleBinding (rbac.authorization.k8s.io/v1)."""

from onggi.api.kind import Kind
from onggi.kinds.rbac.columns import BINDING_COLUMNS
from onggi.kinds.rbac.rules import check_role_binding, default_binding

ROLEBINDING = Kind(
    group="rbac.authorization.k8s.io",
    version="v1",
    name="RoleBinding",
    plural="rolebindings",
    schema="io.k8s.api.rbac.v1.RoleBinding",
    status=False,
    derived=(default_binding,),
    rules=(check_role_binding,),
    columns=BINDING_COLUMNS,
    name_rule="path",
)
