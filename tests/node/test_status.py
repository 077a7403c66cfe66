"""Statuses as upstream's kubelet writes them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from onggi.node.memory import Memory, Verdict, Waiting
from onggi.node.observed import Observed
from onggi.node.runtime import Container, ContainerState, Sandbox, User
from onggi.node.situation import Situation
from onggi.node.status import Place, pod_status
from tests.node.test_sync import DELETED, container, exited, pod, sandbox
from tests.world import NOW

START = "2026-01-01T00:00:00Z"


def status(of, *things, waiting=None, over=False, memory=None, **fields):
    boxes = [t for t in things if isinstance(t, Sandbox)]
    inside = [t for t in things if isinstance(t, Container)]
    memory = memory or Memory(mounts={})
    s = Situation(of, Observed.of(boxes, inside), memory, NOW, **fields)
    return pod_status(s, Place(("192.0.2.1",), waiting or {}, over))


def condition(of, type):
    return next(c for c in of["conditions"] if c["type"] == type)


class TestPhase:
    @pytest.mark.parametrize(
        ("policy", "containers", "over", "phase"),
        [
            ("Always", [], False, "Pending"),
            ("Always", [container("c0")], False, "Pending"),
            ("Always", [container("c0"), container("c1")], False, "Running"),
            ("Always", [container("c0"), exited("c1", 1)], False, "Running"),
            ("Always", [exited("c0", 1), exited("c1", 1)], False, "Running"),
            ("Never", [exited("c0"), container("c1")], False, "Running"),
            ("Never", [exited("c0"), exited("c1")], True, "Succeeded"),
            ("Never", [exited("c0"), exited("c1", 1)], True, "Failed"),
            ("OnFailure", [exited("c0"), exited("c1")], True, "Succeeded"),
            ("OnFailure", [exited("c0"), exited("c1", 1)], False, "Running"),
        ],
    )
    def test_it_follows_from_the_containers(self, policy, containers, over, phase):
        found = status(pod({}, {}, restartPolicy=policy), sandbox(), *containers, over=over)
        assert found["phase"] == phase

    def test_the_end_is_told_when_nothing_runs_any_more(self):
        side = {"name": "s", "image": "box", "restartPolicy": "Always"}
        job = pod(restartPolicy="Never", initContainers=[side])
        memory = Memory(status={"phase": "Running"})
        ended = (sandbox(), exited(), container("s"))
        assert status(job, *ended, memory=memory)["phase"] == "Running"

    def test_there_is_no_way_back_from_the_end(self):
        memory = Memory(status={"phase": "Failed", "reason": "Evicted", "message": "why"})
        found = status(pod(), sandbox(), container(), memory=memory)
        assert (found["phase"], found["reason"], found["message"]) == ("Failed", "Evicted", "why")

    def test_a_deleted_pod_that_never_ran_has_failed(self):
        found = status(pod(meta=DELETED), over=True)
        assert found["phase"] == "Failed"
        ended = found["containerStatuses"][0]["state"]["terminated"]
        assert (ended["exitCode"], ended["reason"]) == (137, "ContainerStatusUnknown")

    def test_a_refused_pod_has_failed(self):
        memory = Memory(rejected=Waiting("OutOfcpu", "no"))
        found = status(pod(), memory=memory, over=True)
        assert (found["phase"], found["reason"], found["message"]) == ("Failed", "OutOfcpu", "no")
        assert "containerStatuses" not in found  # else kubectl shows ContainerCreating for ever


class TestContainer:
    def test_before_anything_it_is_being_created(self):
        shown = status(pod())["containerStatuses"][0]
        assert shown == {
            "name": "c0",
            "image": "box",
            "imageID": "",
            "restartCount": 0,
            "ready": False,
            "started": False,
            "state": {"waiting": {"reason": "ContainerCreating"}},
            "lastState": {},
        }

    def test_with_init_containers_the_pod_is_being_initialized(self):
        found = status(pod(initContainers=[{"name": "i", "image": "box"}]))
        for field in ("initContainerStatuses", "containerStatuses"):
            assert found[field][0]["state"] == {"waiting": {"reason": "PodInitializing"}}

    def test_one_that_runs(self):
        spec = {
            "resources": {"requests": {"cpu": "1"}, "limits": {"memory": "1Gi"}},
            "volumeMounts": [
                {"name": "v", "mountPath": "/v", "readOnly": True},
                {"name": "w", "mountPath": "/w"},
            ],
        }
        user = User(uid=5, gid=6, supplemental_groups=(7,))
        shown = status(pod(spec), sandbox(), container(user=user))["containerStatuses"][0]
        assert shown == {
            "name": "c0",
            "image": "box",
            "imageID": "box",
            "containerID": "containerd://c0-0",
            "restartCount": 0,
            "ready": True,
            "started": True,
            "state": {"running": {"startedAt": START}},
            "lastState": {},
            "resources": spec["resources"],
            "allocatedResources": {"cpu": "1"},
            "user": {"linux": {"uid": 5, "gid": 6, "supplementalGroups": [7]}},
            "volumeMounts": [
                {"name": "v", "mountPath": "/v", "readOnly": True, "recursiveReadOnly": "Disabled"},
                {"name": "w", "mountPath": "/w"},
            ],
        }

    def test_one_that_ended(self):
        ended = exited(code=137, reason="OOMKilled", message="last words")
        shown = status(pod(), sandbox(), ended)["containerStatuses"][0]
        assert shown["state"] == {
            "terminated": {
                "exitCode": 137,
                "reason": "OOMKilled",
                "message": "last words",
                "startedAt": START,
                "finishedAt": START,
                "containerID": "containerd://c0-0",
            }
        }

    def test_one_that_was_never_started_began_in_1970(self):
        ended = exited(code=128, reason="StartError", started_at=None)
        shown = status(pod(), sandbox(), ended)["containerStatuses"][0]
        assert shown["state"]["terminated"]["startedAt"] == "1970-01-01T00:00:00Z"

    def test_one_that_waits_to_start_again(self):
        waiting = {"c0": Waiting("CrashLoopBackOff", "back-off 10s …")}
        shown = status(pod(), sandbox(), exited(code=1), waiting=waiting)["containerStatuses"][0]
        reason = {"reason": "CrashLoopBackOff", "message": "back-off 10s …"}
        assert shown["state"] == {"waiting": reason}
        assert shown["lastState"]["terminated"]["exitCode"] == 1

    def test_one_that_will_not_start_again_does_not_wait(self):
        waiting = {"c0": Waiting("CrashLoopBackOff")}
        job = pod(restartPolicy="Never")
        shown = status(job, sandbox(), exited(code=1), waiting=waiting)["containerStatuses"][0]
        assert shown["state"]["terminated"]["exitCode"] == 1

    def test_the_one_before_is_its_last_state(self):
        found = status(pod(), sandbox(), container(count=1), exited(code=3))
        shown = found["containerStatuses"][0]
        assert shown["restartCount"] == 1
        assert shown["lastState"]["terminated"]["exitCode"] == 3

    def test_one_that_got_lost_has_ended_somehow(self):
        running = {"running": {"startedAt": START}}
        old = {"name": "c0", "restartCount": 2, "state": running, "containerID": "x"}
        memory = Memory(status={"phase": "Running", "containerStatuses": [old]})
        shown = status(pod(), memory=memory)["containerStatuses"][0]
        assert shown["restartCount"] == 3
        assert shown["lastState"]["terminated"]["reason"] == "ContainerStatusUnknown"
        assert shown["state"] == {"waiting": {"reason": "ContainerCreating"}}

    def test_main_containers_are_sorted_by_name_init_containers_are_not(self):
        init = [{"name": name, "image": "box"} for name in ("z", "a")]
        found = status(pod({"name": "y"}, {"name": "b"}, initContainers=init))
        assert [s["name"] for s in found["containerStatuses"]] == ["b", "y"]
        assert [s["name"] for s in found["initContainerStatuses"]] == ["z", "a"]

    @pytest.mark.parametrize(
        ("verdict", "started", "ready"),
        [
            (Verdict(started=False, ready=False), False, False),
            (Verdict(started=True, ready=False), True, False),
            (Verdict(started=True, ready=True), True, True),
        ],
    )
    def test_probes_decide(self, verdict, started, ready):
        probe = {"exec": {"command": ["x"]}}
        memory = Memory(verdicts={"c0-0": verdict})
        spec = {"startupProbe": probe, "readinessProbe": probe}
        shown = status(pod(spec), sandbox(), container(), memory=memory)["containerStatuses"][0]
        assert (shown["started"], shown["ready"]) == (started, ready)


class TestConditions:
    def test_of_a_new_pod(self):
        found = status(pod(meta={"generation": 3}))
        assert [(c["type"], c["status"]) for c in found["conditions"]] == [
            ("PodReadyToStartContainers", "False"),
            ("Initialized", "True"),
            ("Ready", "False"),
            ("ContainersReady", "False"),
            ("PodScheduled", "True"),
        ]
        assert condition(found, "Ready") == {
            "type": "Ready",
            "status": "False",
            "reason": "ContainersNotReady",
            "message": "containers with unready status: [c0]",
            "lastProbeTime": None,
            "lastTransitionTime": START,
            "observedGeneration": 3,
        }
        assert found["observedGeneration"] == 3

    def test_times_move_only_with_the_status(self):
        first = status(pod(), sandbox(), container())
        later = Situation(
            pod(),
            Observed.of([sandbox()], [container(state=ContainerState.EXITED)]),
            Memory(status=first),
            NOW + timedelta(hours=1),
        )
        second = pod_status(later, Place(("192.0.2.1",), {}))
        assert condition(second, "Initialized")["lastTransitionTime"] == START
        assert condition(second, "Ready")["lastTransitionTime"] == "2026-01-01T01:00:00Z"

    def test_what_others_wrote_stays(self):
        of = pod(readinessGates=[{"conditionType": "x/y"}])
        of["status"] = {"conditions": [{"type": "x/y", "status": "False"}]}
        found = status(of, sandbox(), container())
        assert found["conditions"][0] == {"type": "x/y", "status": "False"}
        ready = condition(found, "Ready")
        assert ready["reason"] == "ReadinessGatesNotReady"
        assert ready["message"] == (
            'the status of pod readiness gate "x/y" is not "True", but False'
        )

    def test_of_a_pod_that_succeeded(self):
        found = status(pod(restartPolicy="Never"), sandbox(), exited(), over=True)
        assert condition(found, "Ready")["reason"] == "PodCompleted"
        assert condition(found, "Initialized")["reason"] == "PodCompleted"


def test_addresses():
    found = status(pod(), sandbox(ips=("10.0.0.1", "fd00::1")), container())
    assert (found["podIP"], found["hostIP"]) == ("10.0.0.1", "192.0.2.1")
    assert found["podIPs"] == [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}]
    assert found["hostIPs"] == [{"ip": "192.0.2.1"}]
    kept = status(pod(), memory=Memory(status=found))
    assert kept["podIP"] == "10.0.0.1"
    host = status(pod(hostNetwork=True), replace(sandbox(ips=()), host_network=True))
    assert host["podIPs"] == [{"ip": "192.0.2.1"}]


def test_the_same_situation_gives_the_same_status():
    first = status(pod(), sandbox(), container())
    assert status(pod(), sandbox(), container(), memory=Memory(status=first)) == first
