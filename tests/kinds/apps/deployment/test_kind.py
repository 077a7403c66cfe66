from typing import Any

import pytest

from onggi.kinds.apps.deployment import DEPLOYMENT
from onggi.kinds.apps.deployment.kind import check_status
from tests.kinds.samples import CONTAINER, created, said, said_of_update
from tests.world import NOW


def rolling(**fields: Any) -> dict[str, Any]:
    return {"strategy": {"type": "RollingUpdate", "rollingUpdate": fields}}


def test_a_deployment_gets_upstreams_defaults() -> None:
    spec = created(DEPLOYMENT)["spec"]
    template = spec.pop("template")
    assert spec == {
        "selector": {"matchLabels": {"app": "web"}},
        "replicas": 1,
        "strategy": {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"},
        },
        "revisionHistoryLimit": 10,
        "progressDeadlineSeconds": 600,
    }
    assert template["spec"]["restartPolicy"] == "Always"
    assert "enableServiceLinks" not in template["spec"]
    assert created(DEPLOYMENT, strategy={"type": "Recreate"})["spec"]["strategy"] == {
        "type": "Recreate"
    }


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"replicas": -1},
         "replicas: Invalid value: -1: must be greater than or equal to 0"),
        ({"selector": {}},
         "selector: Invalid value: {}: empty selector is invalid for deployment"),
        ({"selector": {"matchLabels": {"app": "other"}}},
         'template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match '
         "template `labels`"),
        ({"strategy": {"type": "Slow"}},
         'strategy.type: Unsupported value: "Slow": supported values: "Recreate", '
         '"RollingUpdate"'),
        ({"strategy": {"type": "Recreate", "rollingUpdate": {}}},
         "strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is "
         "'Recreate'"),
        (rolling(maxUnavailable=0, maxSurge="0%"),
         "strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` "
         "is 0"),
        (rolling(maxUnavailable="101%"),
         'strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than '
         "100%"),
        ({"minReadySeconds": 600},
         "progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds"),
        ({"template": {"metadata": {"labels": {"app": "web"}},
                       "spec": {"containers": [CONTAINER], "restartPolicy": "Never"}}},
         'template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'),
    ],
)  # fmt: skip
def test_deployments(spec: dict[str, Any], expected: str) -> None:
    assert f"spec.{expected}" in said(DEPLOYMENT, **spec)


def test_the_selector_stays() -> None:
    change = {"selector": {"matchLabels": {"app": "web", "tier": "a"}}}
    assert any(
        text.startswith("spec.selector: Invalid value: ") and text.endswith("field is immutable")
        for text in said_of_update(DEPLOYMENT, change)
    )


def test_a_status_adds_up() -> None:
    status = {"replicas": 1, "updatedReplicas": 2, "readyReplicas": 1, "availableReplicas": 1}
    assert [str(e) for e in check_status({"status": status}, None)] == [
        "status.updatedReplicas: Invalid value: 2: cannot be greater than status.replicas"
    ]


def test_what_kubectl_get_shows() -> None:
    deployment = created(DEPLOYMENT, replicas=3)
    deployment["status"] = {"readyReplicas": 2, "updatedReplicas": 3}
    cells = {c.name: c.value(deployment, NOW) for c in DEPLOYMENT.columns if callable(c.value)}
    assert cells == {
        "Ready": "2/3",
        "Up-to-date": 3,
        "Available": 0,
        "Containers": "web",
        "Images": "nginx",
        "Selector": "app=web",
    }
