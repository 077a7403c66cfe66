import pytest

from onggi.api.kind import Kind, Subresource
from onggi.apiserver.openapi_operations import group_id, operations
from onggi.kinds.apps.deployment import DEPLOYMENT
from onggi.kinds.authentication.tokenreview import TOKENREVIEW

CONNECTED = Kind(
    group="",
    version="v1",
    name="Thing",
    plural="things",
    schema="io.k8s.api.core.v1.Thing",
    verbs=("get",),
    status=False,
    subresources=(
        Subresource("exec", "ThingExecOptions", ("create", "get")),
        Subresource("token", "TokenRequest", ("create",), "authentication.k8s.io", "v1"),
    ),
)


@pytest.mark.parametrize(
    ("group", "name"),
    [("", "core"), ("apps", "apps"), ("rbac.authorization.k8s.io", "rbacAuthorization")],
)
def test_groups_have_names_of_one_word(group: str, name: str) -> None:
    assert group_id(group) == name


def test_a_kind_has_an_operation_for_each_verb_and_place() -> None:
    found = {(o.method, o.path): o.id for o in operations(DEPLOYMENT)}
    everywhere, inside = (
        "/apis/apps/v1/deployments",
        "/apis/apps/v1/namespaces/{namespace}/deployments",
    )
    assert found["get", everywhere] == "listAppsV1DeploymentForAllNamespaces"
    assert found["get", inside] == "listAppsV1NamespacedDeployment"
    assert found["post", inside] == "createAppsV1NamespacedDeployment"
    assert found["delete", inside] == "deleteAppsV1CollectionNamespacedDeployment"
    assert found["get", f"{inside}/{{name}}"] == "readAppsV1NamespacedDeployment"
    assert found["put", f"{inside}/{{name}}/status"] == "replaceAppsV1NamespacedDeploymentStatus"


def test_a_review_can_only_be_created() -> None:
    (only,) = operations(TOKENREVIEW)
    assert (only.method, only.path) == ("post", "/apis/authentication.k8s.io/v1/tokenreviews")
    assert only.takes == only.gives == "io.k8s.api.authentication.v1.TokenReview"


def test_a_connection_carries_no_object() -> None:
    found = {o.path.rpartition("/")[2]: o for o in operations(CONNECTED)}
    assert (found["exec"].action, found["exec"].takes, found["exec"].gives) == ("connect", "", "")
    assert found["token"].takes == "io.k8s.api.authentication.v1.TokenRequest"
    assert found["token"].kind == ("authentication.k8s.io", "v1", "TokenRequest")
