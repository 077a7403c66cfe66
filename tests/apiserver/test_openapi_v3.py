from onggi.apiserver.openapi_operations import operations
from onggi.apiserver.openapi_v3 import paths_v3
from onggi.kinds.core.configmap import CONFIGMAP

ALL = "/api/v1/namespaces/{namespace}/configmaps"
LIST = {"schema": {"$ref": "#/components/schemas/io.k8s.api.core.v1.ConfigMapList"}}


def test_operations_are_written_as_openapi_3() -> None:
    paths = paths_v3(operations(CONFIGMAP))
    listing = paths[ALL]["get"]
    assert listing["x-kubernetes-action"] == "list"
    assert listing["responses"]["200"]["content"]["application/json;stream=watch"] == LIST
    create = paths[ALL]["post"]
    assert create["requestBody"]["required"] is True
    assert set(create["responses"]) == {"200", "201", "202", "401"}
    assert create["parameters"][0]["schema"] == {"type": "string", "uniqueItems": True}
