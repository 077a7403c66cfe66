"""What is sent to bring the API up to date."""

import pytest

from onggi.api.patch import strategic
from onggi.apiserver import schemas
from onggi.kinds.core.pod.kind import POD
from onggi.node.status_patch import status_patch

READY = {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}


def pod(**status):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "uid": "u"},
        "status": status,
    }


def test_nothing_is_sent_if_nothing_changed():
    new = {"phase": "Running", "conditions": [{**READY, "lastProbeTime": None}]}
    assert status_patch(pod(phase="Running", conditions=[READY], reason=""), new) == {}


def test_only_what_changed_is_sent():
    old = pod(phase="Pending", startTime="t", conditions=[READY])
    new = {"phase": "Running", "startTime": "t", "conditions": [READY]}
    patch = status_patch(old, new)
    assert patch == {"metadata": {"uid": "u"}, "status": {"phase": "Running"}}


def test_other_peoples_conditions_are_not_sent():
    theirs = {"type": "x/y", "status": "True"}
    assert status_patch(pod(), {"conditions": [theirs]}) == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            {"podIP": "1", "podIPs": [{"ip": "1"}], "phase": "Running"},
            {"podIP": "2", "podIPs": [{"ip": "2"}], "phase": "Running"},
        ),
        ({"reason": "r", "message": "m", "phase": "Pending"}, {"phase": "Running"}),
        (
            {"conditions": [{**READY, "status": "False", "reason": "no", "message": "why"}]},
            {"conditions": [READY]},
        ),
        (
            {"containerStatuses": [{"name": "a", "lastState": {}}]},
            {"containerStatuses": [{"name": "b", "lastState": {}}]},
        ),
        ({"ephemeralContainerStatuses": [{"name": "a"}]}, {}),
    ],
)
def test_a_server_that_applies_it_has_the_new_status(old, new):
    before = pod(**old)
    after = strategic.apply(before, status_patch(before, new), schemas.of(POD))
    assert after["status"] == new
    assert status_patch(after, new) == {}
