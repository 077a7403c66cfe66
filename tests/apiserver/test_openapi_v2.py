from onggi.apiserver.openapi_operations import operations
from onggi.apiserver.openapi_v2 import paths_v2
from onggi.kinds.core.configmap import CONFIGMAP

ITEM = "/api/v1/namespaces/{namespace}/configmaps/{name}"


def test_operations_are_written_as_swagger() -> None:
    paths = paths_v2(operations(CONFIGMAP))
    assert list(paths) == sorted(paths)
    assert paths[ITEM]["patch"]["consumes"] == [
        "application/json-patch+json",
        "application/merge-patch+json",
        "application/strategic-merge-patch+json",
        "application/apply-patch+yaml",
    ]
    delete = paths[ITEM]["delete"]
    assert delete["parameters"][0]["schema"] == {
        "$ref": "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions"
    }
    assert "required" not in delete["parameters"][0]
    assert set(delete["responses"]) == {"200", "202", "401"}
    assert paths[ITEM]["parameters"][0] == {
        "name": "name",
        "in": "path",
        "description": "name of the ConfigMap",
        "type": "string",
        "uniqueItems": True,
        "required": True,
    }
