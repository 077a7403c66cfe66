import json
from collections.abc import Iterator
from typing import Any

import pytest

from onggi.api.kind import Kind
from onggi.apiserver import schemas
from onggi.apiserver.openapi import OpenAPI
from onggi.kinds import BUILTIN

OPENAPI = OpenAPI(lambda: BUILTIN, schemas.described)


def document(path: str) -> Any:
    text = OPENAPI.v3(path)
    assert text is not None
    return json.loads(text)


def pointers(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from pointers(item)
    elif isinstance(value, list):
        for item in value:
            yield from pointers(item)


@pytest.mark.parametrize("path", OPENAPI.v3_paths())
def test_every_reference_leads_somewhere_in_its_document(path: str) -> None:
    found = document(path)
    there = {f"#/components/schemas/{name}" for name in found["components"]["schemas"]}
    assert set(pointers(found)) <= there


def test_the_index_names_every_group_version_with_its_hash() -> None:
    paths = json.loads(OPENAPI.v3_index())["paths"]
    assert {"api/v1", "apis/apps/v1"} <= set(paths)
    url = paths["apis/apps/v1"]["serverRelativeURL"]
    assert url == f"/openapi/v3/apis/apps/v1?hash={OPENAPI.etag('apis/apps/v1')}"


def test_kubectl_finds_how_to_patch_and_validate() -> None:
    """What ``kubectl apply`` and ``--validate`` look for, by group, version and kind."""
    item = document("apis/apps/v1")["paths"][
        "/apis/apps/v1/namespaces/{namespace}/deployments/{name}"
    ]
    patch = item["patch"]
    kind = {"group": "apps", "version": "v1", "kind": "Deployment"}
    assert patch["x-kubernetes-group-version-kind"] == kind
    assert "fieldValidation" in {p["name"] for p in patch["parameters"]}
    assert "application/strategic-merge-patch+json" in patch["requestBody"]["content"]
    assert [p["name"] for p in item["parameters"]] == ["name", "namespace", "pretty"]


def test_lists_say_how_they_merge() -> None:
    schema = document("api/v1")["components"]["schemas"]["io.k8s.api.core.v1.PodSpec"]
    containers = schema["properties"]["containers"]
    assert containers["x-kubernetes-patch-merge-key"] == "name"
    assert containers["x-kubernetes-patch-strategy"] == "merge"
    assert containers["x-kubernetes-list-map-keys"] == ["name"]
    assert containers["items"] == {"$ref": "#/components/schemas/io.k8s.api.core.v1.Container"}


def test_a_described_reference_keeps_its_description() -> None:
    schema = document("api/v1")["components"]["schemas"]["io.k8s.api.core.v1.Pod"]
    spec = schema["properties"]["spec"]
    assert spec["allOf"] == [{"$ref": "#/components/schemas/io.k8s.api.core.v1.PodSpec"}]
    assert spec["description"].startswith("Specification of the desired behavior of the pod.")


def test_swagger_has_all_kinds_in_one_document() -> None:
    found = json.loads(OPENAPI.v2())
    assert found["swagger"] == "2.0"
    assert set(pointers(found)) <= {f"#/definitions/{name}" for name in found["definitions"]}
    kinds = {
        (kind["group"], kind["version"], kind["kind"])
        for definition in found["definitions"].values()
        for kind in definition.get("x-kubernetes-group-version-kind", ())
    }
    assert {(k.group, k.version, k.name) for k in BUILTIN} <= kinds
    post = found["paths"]["/api/v1/namespaces/{namespace}/configmaps"]["post"]
    assert post["parameters"][0] == {
        "name": "body",
        "in": "body",
        "required": True,
        "schema": {"$ref": "#/definitions/io.k8s.api.core.v1.ConfigMap"},
    }


def test_no_two_operations_have_the_same_name() -> None:
    names = [
        operation["operationId"]
        for path in json.loads(OPENAPI.v2())["paths"].values()
        for method, operation in path.items()
        if method != "parameters"
    ]
    assert len(names) == len(set(names))


def test_a_document_is_kept_until_the_kinds_change() -> None:
    kinds: list[Kind] = [k for k in BUILTIN if k.group == "apps"]
    asked: list[str] = []

    def described(name: str) -> dict[str, Any]:
        asked.append(name)
        return schemas.described(name)

    openapi = OpenAPI(lambda: kinds, described)
    first, tag = openapi.v3("apis/apps/v1"), openapi.etag("apis/apps/v1")
    made = len(asked)
    assert openapi.v3("apis/apps/v1") == first
    assert len(asked) == made
    kinds.pop()
    assert openapi.etag("apis/apps/v1") != tag
    assert openapi.v3("apis/apps/v1") != first
    assert openapi.v3("api/v1") is None
