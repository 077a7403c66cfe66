"""A taint says since when it has its effect."""

from datetime import timedelta

from onggi.api.objects import clone
from onggi.kinds.resource.devicetaintrule import DEVICETAINTRULE, stamp_taint
from tests.kinds.samples import created, said
from tests.world import NOW


def test_a_new_effect_has_a_new_time():
    old = created(DEVICETAINTRULE)
    stamp_taint(old, None, NOW)
    assert old["spec"]["taint"]["timeAdded"] == "2026-01-01T00:00:00Z"
    new = clone(old)
    stamp_taint(new, old, NOW + timedelta(hours=1))
    assert new == old
    new["spec"]["taint"]["effect"] = "NoExecute"
    stamp_taint(new, old, NOW + timedelta(hours=1))
    assert new["spec"]["taint"]["timeAdded"] == "2026-01-01T01:00:00Z"


def test_a_taint_has_a_known_effect():
    assert said(DEVICETAINTRULE, taint={"key": "a", "effect": "PreferNoSchedule"}) == [
        'spec.taint.effect: Unsupported value: "PreferNoSchedule": supported values: "NoExecute", '
        '"NoSchedule", "None"'
    ]
