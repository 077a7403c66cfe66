"""Discovery documents."""

from onggi.apiserver.discovery import maturity
from tests.apiserver.world import ADMIN, ask

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


async def test_the_legacy_documents(running):
    _, body = await ask(running, "GET", "/api")
    assert (body["kind"], body["versions"]) == ("APIVersions", ["v1"])
    _, body = await ask(running, "GET", "/apis")
    groups = [group["name"] for group in body["groups"]]
    assert groups[:2] == ["apiregistration.k8s.io", "apps"]
    assert "" not in groups
    assert body["groups"][1]["preferredVersion"] == {"groupVersion": "apps/v1", "version": "v1"}
    _, body = await ask(running, "GET", "/apis/apps")
    assert (body["kind"], body["name"]) == ("APIGroup", "apps")
    _, body = await ask(running, "GET", "/apis/apps/v1")
    assert (body["kind"], body["groupVersion"]) == ("APIResourceList", "apps/v1")
    found = {entry["name"]: entry for entry in body["resources"]}
    assert found["deployments"]["shortNames"] == ["deploy"]
    assert found["deployments"]["categories"] == ["all"]
    assert found["deployments/scale"] == {
        "name": "deployments/scale",
        "singularName": "",
        "namespaced": True,
        "group": "autoscaling",
        "version": "v1",
        "kind": "Scale",
        "verbs": ["get", "patch", "update"],
    }


async def test_everything_in_one_document(running):
    _, core = await ask(running, "GET", "/api", accept=AGGREGATED)
    assert (core["kind"], core["apiVersion"]) == (
        "APIGroupDiscoveryList",
        "apidiscovery.k8s.io/v2",
    )
    [group] = core["items"]
    assert group["metadata"] == {}
    pods = next(r for r in group["versions"][0]["resources"] if r["resource"] == "pods")
    assert pods["responseKind"] == {"group": "", "version": "v1", "kind": "Pod"}
    assert pods["scope"] == "Namespaced"
    assert {s["subresource"] for s in pods["subresources"]} >= {"log", "exec", "status"}
    _, rest = await ask(running, "GET", "/apis", accept=AGGREGATED)
    assert [item["metadata"]["name"] for item in rest["items"][:2]] == [
        "apiregistration.k8s.io",
        "apps",
    ]
    assert rest["items"][0]["versions"][0]["freshness"] == "Current"


async def test_who_has_it_already_is_told_so(running):
    from onggi.api.http import Request

    def request(**headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return Request(method="GET", path="/apis", headers=headers, user=ADMIN)

    first = await running.handle(request(accept=AGGREGATED))
    assert first.content_type == AGGREGATED
    tag = first.headers["ETag"]
    again = await running.handle(request(accept=AGGREGATED, if_none_match=tag))
    assert (again.status, again.body) == (304, b"")


async def test_an_old_client_gets_the_beta(running):
    accept = AGGREGATED.replace("v=v2", "v=v2beta1")
    _, body = await ask(running, "GET", "/apis", accept=accept)
    assert body["apiVersion"] == "apidiscovery.k8s.io/v2beta1"


def test_versions_are_ordered_by_maturity():
    versions = ["v1alpha1", "v2", "v1beta2", "foo", "v10", "v1beta1", "v1"]
    assert sorted(versions, key=maturity, reverse=True) == [
        "v10", "v2", "v1", "v1beta2", "v1beta1", "v1alpha1", "foo",
    ]  # fmt: skip
