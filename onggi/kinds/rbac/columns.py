"""``kubectl get roles,rolebindings``. Source: printers.go (printRole, printRoleBinding)."""

from collections.abc import Callable
from datetime import datetime

from onggi.api.kind import Column
from onggi.api.objects import View, get
from onggi.kinds.cells import AGE, CREATED_AT, NAME

BINDING = "@io.k8s.api.rbac.v1.RoleBinding"


def role(binding: View, now: datetime) -> str:
    ref = get(binding, "roleRef") or {}
    return f"{ref.get('kind', '')}/{ref.get('name', '')}"


def subjects(kind: str) -> Callable[[View, datetime], str]:
    def shown(binding: View, now: datetime) -> str:
        found = [s for s in binding.get("subjects") or () if s.get("kind") == kind]
        return ", ".join(subject_text(subject) for subject in found)

    return shown


def subject_text(subject: View) -> str:
    name: str = subject.get("name", "")
    if subject.get("kind") == "ServiceAccount":
        return f"{subject.get('namespace', '')}/{name}"
    return name


ROLE_COLUMNS = (NAME, CREATED_AT)
BINDING_COLUMNS = (
    NAME,
    Column("Role", role, description=f"{BINDING}.roleRef"),
    AGE,
    Column("Users", subjects("User"), wide=True, description="Users in the roleBinding"),
    Column("Groups", subjects("Group"), wide=True, description="Groups in the roleBinding"),
    Column(
        "ServiceAccounts",
        subjects("ServiceAccount"),
        wide=True,
        description="ServiceAccounts in the roleBinding",
    ),
)
