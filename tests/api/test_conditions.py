from datetime import timedelta

from onggi.api.conditions import condition, find, has_status, is_true, with_condition, without
from onggi.api.objects import Object, View
from onggi.api.times import stamp
from tests.world import NOW

LATER = NOW + timedelta(minutes=1)


def test_a_new_condition_is_appended_with_the_time() -> None:
    listed = with_condition(None, condition("Ready", True, "Up", "all good"), NOW)
    assert listed == [
        {
            "type": "Ready",
            "status": "True",
            "reason": "Up",
            "message": "all good",
            "lastTransitionTime": stamp(NOW),
        }
    ]


def test_the_transition_time_moves_only_with_the_status() -> None:
    listed = with_condition([], condition("Ready", "False", "Slow", "wait"), NOW)
    listed = with_condition(listed, condition("Ready", "False", "Slower"), LATER)
    assert listed == [
        {
            "type": "Ready",
            "status": "False",
            "reason": "Slower",
            "lastTransitionTime": stamp(NOW),
        }
    ]
    (ready,) = with_condition(listed, condition("Ready", True), LATER)
    assert ready["lastTransitionTime"] == stamp(LATER)


def test_other_conditions_and_fields_stay_as_they_are() -> None:
    before: list[View] = [
        {"type": "A", "status": "True"},
        {"type": "B", "status": "True", "extra": 1},
    ]
    after = with_condition(before, condition("B", False), NOW)
    assert [c["type"] for c in after] == ["A", "B"]
    assert after[1]["extra"] == 1
    assert before[1] == {"type": "B", "status": "True", "extra": 1}


def test_conditions_are_found_and_taken_away() -> None:
    pod: Object = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    assert is_true(pod, "Ready")
    assert not is_true(pod, "Other")
    assert has_status(pod, "Ready", "True")
    assert find({}, "Ready") is None
    assert without(pod["status"]["conditions"], "Ready") == []
