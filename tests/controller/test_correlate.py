"""Events: counted, combined, limited."""

from datetime import timedelta

from onggi.controller.correlate import Correlator, Source, Word, event_about, increment
from tests.world import NOW

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "p", "namespace": "d", "uid": "u", "resourceVersion": "7"},
}
SOURCE = Source("kubelet", "node-1")


def event(message="m", reason="r", name="p.1", target=POD):
    found = event_about(target, Word(reason, message), SOURCE, NOW)
    found["metadata"]["name"] = name
    return found


def test_an_event_says_what_happened_to_what_and_who_says_so():
    assert event_about(POD, Word("Pulled", "done", field_path="spec.x"), SOURCE, NOW) == {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"namespace": "d"},
        "involvedObject": {
            "kind": "Pod",
            "apiVersion": "v1",
            "name": "p",
            "namespace": "d",
            "uid": "u",
            "resourceVersion": "7",
            "fieldPath": "spec.x",
        },
        "reason": "Pulled",
        "message": "done",
        "type": "Normal",
        "source": {"component": "kubelet", "host": "node-1"},
        "reportingComponent": "kubelet",
        "reportingInstance": "node-1",
        "firstTimestamp": "2026-01-01T00:00:00Z",
        "lastTimestamp": "2026-01-01T00:00:00Z",
        "count": 1,
    }


def test_an_event_about_a_thing_without_a_namespace_is_in_default():
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}}
    assert event(target=node)["metadata"]["namespace"] == "default"


def test_the_same_event_again_is_counted():
    correlator = Correlator()
    assert correlator.observe(event(name="p.1"), NOW)["count"] == 1
    again = correlator.observe(event(name="p.2"), NOW)
    assert (again["count"], again["metadata"]["name"]) == (2, "p.1")
    assert set(increment(again)) == {"count", "message", "lastTimestamp"}


def test_many_messages_of_one_reason_are_combined():
    correlator = Correlator()
    found = [correlator.observe(event(f"m{i}", name=f"p.{i}"), NOW) for i in range(12)]
    assert [e["count"] for e in found] == [1] * 10 + [2, 3]
    assert found[11]["message"] == "(combined from similar events): m11"
    assert found[11]["metadata"]["name"] == found[9]["metadata"]["name"]
    later = NOW + timedelta(minutes=11)
    assert correlator.observe(event("m99", name="p.99"), later)["message"] == "m99"


def test_too_many_events_about_one_object_are_dropped_until_it_has_rested():
    correlator = Correlator()
    found = [correlator.observe(event(), NOW) for _ in range(30)]
    assert [e is None for e in found] == [False] * 25 + [True] * 5
    assert correlator.observe(event(), NOW + timedelta(seconds=301)) is not None
    other = {**POD, "metadata": {**POD["metadata"], "uid": "other"}}
    assert correlator.observe(event(target=other), NOW) is not None
