"""Events live for an hour after their last sign."""

from datetime import timedelta

from onggi.api.times import micro, stamp
from onggi.kinds.core.event.expiry import reconcile
from tests.world import NOW, ListWorld, story


def event(minutes, **more):
    created = stamp(NOW - timedelta(minutes=minutes))
    return {"kind": "Event", "metadata": {"name": "e", "creationTimestamp": created}, **more}


def plan(obj):
    return reconcile(obj, ListWorld(), NOW)


def test_a_young_event_is_looked_at_when_its_hour_is_over():
    assert plan(event(20)).again_in == timedelta(minutes=40)


def test_an_old_one_goes():
    assert story(plan(event(60))) == ["delete Event e"]


def test_a_repeated_one_lives_longer():
    again = NOW - timedelta(minutes=10)
    assert plan(event(300, lastTimestamp=stamp(again))).again_in == timedelta(minutes=50)
    assert plan(event(300, series={"lastObservedTime": micro(again)})).again_in


def test_a_time_that_is_yet_to_come_does_not_keep_it_for_ever():
    future = stamp(NOW + timedelta(days=900))
    assert story(plan(event(61, lastTimestamp=future))) == ["delete Event e"]
