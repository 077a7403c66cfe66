"""Autoscalers as users write them, in both versions."""

import pytest

from onggi.apiserver.tables import row
from onggi.kinds.autoscaling.horizontalpodautoscaler import (
    HORIZONTALPODAUTOSCALER,
    HORIZONTALPODAUTOSCALER_V1,
)
from tests.kinds.samples import created, said
from tests.world import NOW

BOTH = (HORIZONTALPODAUTOSCALER, HORIZONTALPODAUTOSCALER_V1)


def pods(**target):
    return {"type": "Pods", "pods": {"metric": {"name": "rps"}, "target": target}}


def test_what_is_left_out_is_filled_in():
    spec = created(HORIZONTALPODAUTOSCALER, behavior={"scaleDown": {"selectPolicy": "Min"}})["spec"]
    assert spec["minReplicas"] == 1
    target = {"type": "Utilization", "averageUtilization": 80}
    assert spec["metrics"] == [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    assert spec["behavior"]["scaleUp"]["policies"][0] == {
        "type": "Pods",
        "value": 4,
        "periodSeconds": 15,
    }
    assert spec["behavior"]["scaleDown"]["selectPolicy"] == "Min"


@pytest.mark.parametrize("kind", BOTH, ids=lambda kind: kind.version)
def test_bounds_make_sense(kind):
    assert said(kind, maxReplicas=0, minReplicas=None)[0] == "spec.maxReplicas: Required value"
    assert said(kind, minReplicas=6) == [
        "spec.maxReplicas: Invalid value: 5: must be greater than or equal to `minReplicas`"
    ]
    assert said(kind, minReplicas=0)[0] == (
        "spec.minReplicas: Invalid value: 0: must be greater than or equal to 1"
    )
    assert said(kind, scaleTargetRef={"kind": "a/b"}) == [
        "spec.scaleTargetRef.kind: Invalid value: \"a/b\": may not contain '/'",
        "spec.scaleTargetRef.name: Required value",
    ]


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        (
            {"metrics": [pods(type="AverageValue")]},
            "spec.metrics[0].pods.target.averageValue: Required value: must specify a positive "
            "target averageValue",
        ),
        (
            {"metrics": [pods(type="AverageValue", averageValue="-1")]},
            'spec.metrics[0].pods.target.averageValue: Invalid value: "-1": must be positive',
        ),
        (
            {"metrics": [pods(type="AverageValue", averageValue="1") | {"type": "Object"}]},
            "spec.metrics[0].object: Required value: must populate information for the given "
            "metric source",
        ),
        (
            {"behavior": {"scaleUp": {"policies": [{"type": "Pods", "value": 0,
                                                    "periodSeconds": 15}]}}},
            "spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero",
        ),
    ],
)  # fmt: skip
def test_metrics_and_behaviour_make_sense(spec, wanted):
    assert said(HORIZONTALPODAUTOSCALER, **spec) == [wanted]


@pytest.mark.parametrize("kind", BOTH, ids=lambda kind: kind.version)
def test_columns_are_those_of_the_newer_version(kind):
    cells = row(kind.columns, created(kind), "v1", "None", NOW)["cells"]
    percent = 80 if kind is HORIZONTALPODAUTOSCALER else 70
    assert cells[:6] == ["web", "Deployment/web", f"cpu: <unknown>/{percent}%", "1", 5, 0]


def test_more_than_two_targets_are_counted():
    many = [pods(type="AverageValue", averageValue=str(n)) for n in (1, 2, 3)]
    hpa = created(HORIZONTALPODAUTOSCALER, metrics=many)
    cells = row(HORIZONTALPODAUTOSCALER.columns, hpa, "v1", "None", NOW)["cells"]
    assert cells[2] == "<unknown>/1, <unknown>/2 + 1 more..."
