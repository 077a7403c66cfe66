from onggi.kinds.core.event import EVENT
from onggi.kinds.core.event.faces import to_core, to_events
from onggi.kinds.events.event import EVENTS_EVENT
from tests.kinds.samples import created
from tests.world import NOW

CORE = {
    "apiVersion": "v1",
    "kind": "Event",
    "metadata": {"name": "e", "namespace": "default"},
    "involvedObject": {"kind": "Pod", "name": "web"},
    "reason": "Started",
    "message": "Started container web",
    "source": {"component": "kubelet", "host": "n"},
    "firstTimestamp": "2025-12-31T23:59:00Z",
    "lastTimestamp": "2025-12-31T23:59:50Z",
    "count": 3,
    "type": "Normal",
    "reportingComponent": "kubelet",
    "reportingInstance": "n",
}


def test_the_two_faces_name_the_same_fields_differently() -> None:
    face = to_events(CORE)
    assert face["apiVersion"] == "events.k8s.io/v1"
    assert face["note"] == "Started container web"
    assert face["regarding"] == {"kind": "Pod", "name": "web"}
    assert face["deprecatedCount"] == 3
    assert to_core(face) == CORE
    assert to_core(CORE) == CORE


def test_both_faces_print_alike() -> None:
    for kind, event in ((EVENT, CORE), (EVENTS_EVENT, to_events(CORE))):
        cells = {c.name: c.value(event, NOW) for c in kind.columns if callable(c.value)}
        assert cells == {
            "Last Seen": "10s",
            "Type": "Normal",
            "Reason": "Started",
            "Object": "pod/web",
            "Subobject": "",
            "Source": "kubelet, n",
            "Message": "Started container web",
            "First Seen": "60s",
            "Count": 3,
        }


def test_a_series_says_when_it_was_seen_last() -> None:
    event = {
        "eventTime": "2025-12-31T23:00:00.000000Z",
        "series": {"count": 7, "lastObservedTime": "2025-12-31T23:58:00.000000Z"},
    }
    cells = {c.name: c.value(event, NOW) for c in EVENT.columns if callable(c.value)}
    assert (cells["Last Seen"], cells["First Seen"], cells["Count"]) == ("2m", "60m", 7)


def test_the_stored_face_is_the_core_one() -> None:
    assert EVENTS_EVENT.stored
    assert EVENTS_EVENT.stored.resource == EVENT.resource
    assert EVENTS_EVENT.stored.to(created(EVENTS_EVENT))["apiVersion"] == "v1"
