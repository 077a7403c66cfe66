from typing import Any

import pytest

from onggi.api.errors import BadRequest, UnsupportedMediaType
from onggi.api.objects import Object
from onggi.api.patch import JSON_PATCH, MERGE_PATCH, SERVED, STRATEGIC_PATCH, apply_patch
from onggi.apiserver import schemas

DEPLOYMENT = schemas.load("io.k8s.api.apps.v1.Deployment")


def deployment() -> Object:
    containers = [
        {"name": "web", "image": "tomcat:1", "ports": [{"containerPort": 8080}]},
        {"name": "log", "image": "fluent:1"},
    ]
    template = {"spec": {"containers": containers, "volumes": [{"name": "v", "emptyDir": {}}]}}
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}
    return {"spec": {"replicas": 1, "strategy": strategy, "template": template}}


def test_kubectl_set_image_changes_one_container() -> None:
    patch = {
        "spec": {
            "template": {
                "spec": {
                    "$setElementOrder/containers": [{"name": "web"}, {"name": "log"}],
                    "containers": [{"name": "web", "image": "tomcat:2"}],
                }
            }
        }
    }
    expected = deployment()
    expected["spec"]["template"]["spec"]["containers"][0]["image"] = "tomcat:2"
    assert apply_patch(STRATEGIC_PATCH, deployment(), patch, DEPLOYMENT) == expected


def test_another_strategy_clears_what_belongs_to_the_old_one() -> None:
    patch = {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    found = apply_patch(STRATEGIC_PATCH, deployment(), patch, DEPLOYMENT)
    assert found["spec"]["strategy"] == {"type": "Recreate"}


def test_another_volume_source_replaces_the_old_one() -> None:
    volume = {"name": "v", "configMap": {"name": "c"}, "$retainKeys": ["name", "configMap"]}
    patch = {"spec": {"template": {"spec": {"volumes": [volume]}}}}
    found = apply_patch(STRATEGIC_PATCH, deployment(), patch, DEPLOYMENT)
    assert found["spec"]["template"]["spec"]["volumes"] == [
        {"name": "v", "configMap": {"name": "c"}}
    ]


def test_the_other_forms_do_as_their_media_type_says() -> None:
    merge = apply_patch(MERGE_PATCH, {"a": {"b": 1}}, {"a": {"b": None, "c": 2}})
    assert merge == {"a": {"c": 2}}
    json = apply_patch(JSON_PATCH, {"a": 1}, [{"op": "replace", "path": "/a", "value": 2}])
    assert json == {"a": 2}


@pytest.mark.parametrize(
    ("media_type", "patch", "message"),
    [
        (MERGE_PATCH, [], "error decoding patch: json: cannot unmarshal array into Go value of "
         "type map[string]interface {}"),
        (STRATEGIC_PATCH, "x", "json: cannot unmarshal string into Go value of "
         "type map[string]interface {}"),
    ],
)  # fmt: skip
def test_a_patch_must_be_of_its_form(media_type: str, patch: Any, message: str) -> None:
    with pytest.raises(BadRequest) as refused:
        apply_patch(media_type, {}, patch, DEPLOYMENT)
    assert refused.value.message == message


def test_what_has_no_schema_is_not_merged_strategically() -> None:
    with pytest.raises(BadRequest, match="strategic merge patch format is not supported"):
        apply_patch(STRATEGIC_PATCH, {}, {})


def test_other_media_types_are_not_served() -> None:
    with pytest.raises(UnsupportedMediaType) as refused:
        apply_patch("application/apply-patch+yaml", {}, {})
    assert refused.value.message.endswith(", ".join(SERVED))
