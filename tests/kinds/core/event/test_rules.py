from onggi.kinds.core.event import EVENT
from onggi.kinds.events.event import EVENTS_EVENT
from tests.kinds.samples import created


def test_an_event_stands_beside_what_it_is_about() -> None:
    event = created(EVENT)
    event["involvedObject"]["namespace"] = "other"
    assert [str(e) for e in EVENT.validate(event)] == [
        'involvedObject.namespace: Invalid value: "other": does not match event.namespace'
    ]


def test_the_newer_group_wants_all_of_it_and_nothing_old() -> None:
    event = created(EVENTS_EVENT) | {"deprecatedCount": 1, "type": "Odd", "action": ""}
    assert [str(e) for e in EVENTS_EVENT.validate(event)] == [
        "action: Required value",
        'type: Invalid value: "": has invalid value: Odd',
        'count: Invalid value: "": needs to be unset',
    ]


def test_of_an_event_of_the_newer_group_only_series_and_note_move() -> None:
    old, new = created(EVENTS_EVENT), created(EVENTS_EVENT)
    new["series"] = {"count": 2, "lastObservedTime": "2026-01-01T00:00:00.000000Z"}
    assert EVENTS_EVENT.validate(new, old) == []
    new["note"] = "else"
    assert EVENTS_EVENT.validate(new, old) == []
    new["reason"] = "Else"
    assert [str(e) for e in EVENTS_EVENT.validate(new, old)] == [
        'reason: Invalid value: "Else": field is immutable'
    ]
