"""What v1 cannot say is in its annotations, and comes back."""

import json

from hypothesis import given
from hypothesis import strategies as st

from onggi.api.objects import clone
from onggi.kinds.autoscaling.horizontalpodautoscaler import HORIZONTALPODAUTOSCALER as HPA
from onggi.kinds.autoscaling.horizontalpodautoscaler import HORIZONTALPODAUTOSCALER_V1 as V1
from onggi.kinds.autoscaling.horizontalpodautoscaler.faces import METRICS, PREFIX, to_v1, to_v2
from tests.kinds.samples import created, sample

AMOUNTS = st.integers(1, 10**6).map(str)
NAMES = st.sampled_from(["rps", "queue"])
METRIC = NAMES.map(lambda name: {"name": name, "selector": {"matchLabels": {"a": "b"}}})
DESCRIBED = {"kind": "Service", "name": "web", "apiVersion": "v1"}


def average(amount):
    return {"type": "AverageValue", "averageValue": amount}


def value(amount):
    return {"type": "Value", "value": amount}


SPECS = st.one_of(
    st.builds(lambda m, a: {"type": "Pods", "pods": {"metric": m, "target": average(a)}},
              METRIC, AMOUNTS),
    st.builds(lambda m, a: {"type": "External", "external": {"metric": m, "target": value(a)}},
              METRIC, AMOUNTS),
    st.builds(lambda m, a: {"type": "Object", "object": {
        "metric": m, "describedObject": DESCRIBED, "target": value(a)}}, METRIC, AMOUNTS),
    st.builds(lambda a: {"type": "Resource", "resource": {"name": "memory", "target": average(a)}},
              AMOUNTS),
    st.builds(lambda a: {"type": "ContainerResource", "containerResource": {
        "name": "cpu", "container": "web", "target": average(a)}}, AMOUNTS),
)  # fmt: skip
BEHAVIOR = {"scaleUp": {"selectPolicy": "Min"}, "scaleDown": {"stabilizationWindowSeconds": 7}}


@given(st.lists(SPECS, min_size=1, max_size=4), st.sampled_from([None, BEHAVIOR]))
def test_what_goes_through_v1_comes_back_whole(metrics, behavior):
    more = {"behavior": behavior} if behavior else {}
    stored = created(HPA, metrics=metrics, **more)
    stored["metadata"]["annotations"] = {"mine": "1"}
    stored["status"]["conditions"] = [{"type": "AbleToScale", "status": "True"}]
    face = to_v1(stored)
    assert face["apiVersion"] == "autoscaling/v1"
    assert "metrics" not in face["spec"]
    assert to_v2(face) == stored


def test_v1s_own_figure_is_the_cpus_share():
    stored = to_v2(created(V1))
    [metric] = stored["spec"]["metrics"]
    assert metric["resource"]["target"] == {"type": "Utilization", "averageUtilization": 70}
    face = to_v1(stored)
    assert face["spec"]["targetCPUUtilizationPercentage"] == 70
    assert "annotations" not in face["metadata"]


def test_without_a_figure_it_is_eighty():
    bare = sample(V1)
    del bare["spec"]["targetCPUUtilizationPercentage"]
    assert to_v1(to_v2(bare))["spec"]["targetCPUUtilizationPercentage"] == 80


def test_annotations_are_in_v1s_words_and_nonsense_means_nothing():
    pods = {"type": "Pods", "pods": {"metric": {"name": "rps"}, "target": average("5")}}
    face = to_v1(created(HPA, metrics=[pods], behavior=BEHAVIOR))
    notes = face["metadata"]["annotations"]
    assert json.loads(notes[METRICS]) == [
        {"type": "Pods", "pods": {"metricName": "rps", "targetAverageValue": "5"}}
    ]
    assert json.loads(notes[f"{PREFIX}/behavior"])["ScaleUp"]["SelectPolicy"] == "Min"
    broken = clone(face)
    broken["metadata"]["annotations"] = dict.fromkeys(notes, "{not json")
    assert "behavior" not in to_v2(broken)["spec"]
