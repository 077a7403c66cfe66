from typing import Any

import pytest

from onggi.api.kind import Kind
from onggi.kinds.rbac.clusterrole import CLUSTERROLE
from onggi.kinds.rbac.clusterrolebinding import CLUSTERROLEBINDING
from onggi.kinds.rbac.role import ROLE
from onggi.kinds.rbac.rolebinding import ROLEBINDING
from tests.kinds.samples import ROLE_REF, completed, created, sample

URLS = {"nonResourceURLs": ["/metrics"], "verbs": ["get"]}
ACCOUNT = {"kind": "ServiceAccount", "name": "default"}


def said(kind: Kind, **fields: Any) -> list[str]:
    return [str(e) for e in kind.validate(completed(kind, sample(kind) | fields))]


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        (ROLE, {"rules": [{"apiGroups": [""], "resources": ["pods"]}]},
         "rules[0].verbs: Required value: verbs must contain at least one value"),
        (ROLE, {"rules": [{"verbs": ["get"], "resources": ["pods"]}]},
         "rules[0].apiGroups: Required value: resource rules must supply at least one api group"),
        (ROLE, {"rules": [URLS]},
         'rules[0].nonResourceURLs: Invalid value: ["/metrics"]: namespaced rules cannot apply to '
         "non-resource URLs"),
        (CLUSTERROLE, {"rules": [{**URLS, "resources": ["pods"]}]},
         'rules[0].nonResourceURLs: Invalid value: ["/metrics"]: rules cannot apply to both '
         "regular resources and non-resource URLs"),
        (ROLEBINDING, {"roleRef": {"kind": "Group", "name": "a"}},
         'roleRef.kind: Unsupported value: "Group": supported values: "ClusterRole", "Role"'),
        (ROLEBINDING, {"subjects": [{"kind": "User"}]}, "subjects[0].name: Required value"),
        (ROLEBINDING, {"subjects": [{"kind": "Robot", "name": "r"}]},
         'subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", '
         '"User", "Group"'),
        (CLUSTERROLEBINDING, {"subjects": [ACCOUNT]}, "subjects[0].namespace: Required value"),
    ],
)  # fmt: skip
def test_roles_and_bindings(kind: Kind, fields: dict[str, Any], expected: str) -> None:
    assert expected in said(kind, **fields)


def test_references_without_a_group_mean_rbac() -> None:
    binding = created(ROLEBINDING)
    assert binding["subjects"][0]["apiGroup"] == "rbac.authorization.k8s.io"
    assert said(ROLEBINDING, subjects=[ACCOUNT]) == []


def test_a_binding_keeps_its_role() -> None:
    old = created(ROLEBINDING)
    new = created(ROLEBINDING) | {"roleRef": {**ROLE_REF, "name": "edit"}}
    (refusal,) = (str(e) for e in ROLEBINDING.validate(new, old))
    assert refusal.startswith("roleRef: Invalid value: ")
    assert refusal.endswith("cannot change roleRef")
