"""The life of a pod: init containers, restarts, probes, hooks, ends, exit codes."""

from typing import Any

import pytest

from tests.e2e.manifests import config_map, container, pod
from tests.e2e.platform import Space

SHARED = {"volumeMounts": [{"name": "s", "mountPath": "/s"}]}
VOLUMES = [{"name": "s", "emptyDir": {}}]


def state(space: Space, name: str, container: str = "main") -> dict[str, Any]:
    status = space.get("pod", name)["status"]
    everything = (
        *status.get("containerStatuses", ()),
        *status.get("initContainerStatuses", ()),
    )
    return next(s for s in everything if s["name"] == container)


def test_init_containers_run_one_after_another_before_the_others(space: Space) -> None:
    inits = [
        container(f"sleep 0.2; echo {name} >> /s/order", name=name, **SHARED)
        for name in ("first", "second")
    ]
    main = container("echo main >> /s/order; cat /s/order", **SHARED)
    [said] = space.ends(
        pod("three", main, initContainers=inits, volumes=VOLUMES, restartPolicy="Never")
    )
    assert said == "first\nsecond\nmain\n"
    assert state(space, "three", "first")["state"]["terminated"]["reason"] == "Completed"


def test_a_sidecar_starts_before_and_ends_after_the_main_container(space: Space) -> None:
    sidecar = container(
        "trap 'echo sidecar ends >> /s/order; exit 0' TERM; touch /s/up; "
        "echo sidecar starts >> /s/order; while :; do sleep 0.1; done",
        name="sidecar",
        restartPolicy="Always",
        startupProbe={"exec": {"command": ["cat", "/s/up"]}, "periodSeconds": 1},
        **SHARED,
    )
    main = container("echo main >> /s/order", **SHARED)
    space.apply(pod("duo", main, initContainers=[sidecar], volumes=VOLUMES, restartPolicy="Never"))
    space.wait("pod/duo", "jsonpath={.status.phase}=Succeeded")
    assert state(space, "duo", "sidecar")["state"]["terminated"]["exitCode"] == 0
    main_end = state(space, "duo")["state"]["terminated"]["finishedAt"]
    assert state(space, "duo", "sidecar")["state"]["terminated"]["finishedAt"] >= main_end


def test_a_failing_init_container_is_tried_again_with_a_pause(space: Space) -> None:
    init = container("exit 1", name="init")
    space.apply(pod("stuck", container(), initContainers=[init]))
    space.wait(
        "pod/stuck",
        "jsonpath={.status.initContainerStatuses[0].state.waiting.reason}=CrashLoopBackOff",
    )
    shown = space.kubectl("get", "pod", "stuck", "--no-headers").split()
    assert shown[1:3] == ["0/1", "Init:CrashLoopBackOff"]


def test_restarts_back_off_and_the_former_end_is_told(space: Space) -> None:
    space.apply(pod("crash", container("echo dying; exit 7")))
    space.wait(
        "pod/crash", "jsonpath={.status.containerStatuses[0].state.waiting.reason}=CrashLoopBackOff"
    )
    seen = state(space, "crash")
    assert seen["restartCount"] >= 1
    assert seen["lastState"]["terminated"]["exitCode"] == 7
    assert "back-off 10s restarting failed container=main" in seen["state"]["waiting"]["message"]
    assert space.kubectl("logs", "crash", "--previous") == "dying\n"
    assert "BackOff" in space.reasons("crash")


@pytest.mark.parametrize(
    ("policy", "script", "phase"),
    [
        ("Never", "exit 0", "Succeeded"),
        ("Never", "exit 3", "Failed"),
        ("OnFailure", "exit 0", "Succeeded"),
    ],
)
def test_phases_follow_exit_codes(space: Space, policy: str, script: str, phase: str) -> None:
    space.ends(pod("ends", container(script), restartPolicy=policy), phase=phase)
    end = state(space, "ends")["state"]["terminated"]
    assert end["exitCode"] == int(script[-1])
    assert end["reason"] == ("Completed" if phase == "Succeeded" else "Error")


def test_on_failure_starts_again_until_it_succeeds(space: Space) -> None:
    script = "[ -e /s/x ] && exit 0; touch /s/x; exit 1"
    space.ends(
        pod("again", container(script, **SHARED), volumes=VOLUMES, restartPolicy="OnFailure")
    )
    assert state(space, "again")["restartCount"] == 1


PROBES = {
    "exec": {"exec": {"command": ["cat", "/s/ok"]}},
    "http": {"httpGet": {"path": "/s/ok", "port": 8080}},
    "tcp": {"tcpSocket": {"port": 8080}},
}
UNTIL_TOLD = "cd /; until [ -e /s/ok ]; do sleep 0.1; done; exec python3 -m http.server 8080"


@pytest.mark.parametrize("kind", PROBES)
def test_readiness_comes_with_each_kind_of_probe(space: Space, kind: str) -> None:
    probe = {**PROBES[kind], "periodSeconds": 1}
    space.apply(pod("late", container(UNTIL_TOLD, readinessProbe=probe, **SHARED), volumes=VOLUMES))
    space.wait("pod/late", "jsonpath={.status.phase}=Running")
    space.kubectl("wait", "pod/late", "--for=condition=Ready=False")
    space.sh("late", "touch /s/ok")
    space.wait("pod/late", "condition=Ready")
    if kind != "tcp":
        space.sh("late", "rm /s/ok")
        space.wait("pod/late", "condition=Ready=False")
        assert "Readiness probe failed" in space.reasons("late")["Unhealthy"]
    assert state(space, "late")["restartCount"] == 0


def test_a_failing_liveness_probe_restarts_the_container(space: Space) -> None:
    probe = {**PROBES["exec"], "periodSeconds": 1, "failureThreshold": 1}
    script = "touch /s/ok; exec sleep 1000"
    space.run(pod("sick", container(script, livenessProbe=probe, **SHARED), volumes=VOLUMES))
    space.sh("sick", "rm /s/ok")
    space.wait("pod/sick", "jsonpath={.status.containerStatuses[0].restartCount}=1")
    assert "failed liveness probe, will be restarted" in space.reasons("sick")["Killing"]


def test_liveness_waits_for_startup(space: Space) -> None:
    never = {"exec": {"command": ["false"]}, "periodSeconds": 1, "failureThreshold": 1}
    startup = {**PROBES["exec"], "periodSeconds": 1, "failureThreshold": 60}
    main = container(livenessProbe=never, startupProbe=startup, **SHARED)
    space.apply(pod("slow", main, volumes=VOLUMES))
    space.wait("pod/slow", "jsonpath={.status.containerStatuses[0].state.running.startedAt}")
    assert state(space, "slow")["started"] is False
    space.sh("slow", "touch /s/ok")
    space.wait("pod/slow", "jsonpath={.status.containerStatuses[0].restartCount}=1")


def test_hooks_run_after_the_start_and_before_the_end(space: Space) -> None:
    hooks = {
        "postStart": {"exec": {"command": ["sh", "-c", "echo started >> /s/order"]}},
        "preStop": {"exec": {"command": ["sh", "-c", "echo stopping >> /s/order; sleep 1"]}},
    }
    script = "trap 'echo term >> /s/order; exit 0' TERM; while :; do sleep 0.1; done"
    main = container(script, lifecycle=hooks, **SHARED)
    watcher = container(
        "trap '' TERM; until grep -q term /s/order; do sleep 0.1; done; cat /s/order",
        name="watcher",
        **SHARED,
    )
    space.run(pod("hooked", main, watcher, volumes=VOLUMES, terminationGracePeriodSeconds=20))
    with space.running("logs", "-f", "hooked", "-c", "watcher") as follow:
        space.kubectl("delete", "pod", "hooked")
        assert follow.stdout
        assert follow.stdout.read() == "started\nstopping\nterm\n"


def test_a_failing_post_start_hook_ends_the_container(space: Space) -> None:
    hooks = {"postStart": {"exec": {"command": ["sh", "-c", "echo no; exit 5"]}}}
    space.apply(pod("refused", container(lifecycle=hooks)))
    space.wait("pod/refused", "jsonpath={.status.containerStatuses[0].lastState.terminated}")
    assert "FailedPostStartHook" in space.reasons("refused")


def test_termination_is_graceful_and_bounded(space: Space) -> None:
    stubborn = container("trap 'echo asked' TERM; while :; do sleep 0.1; done")
    space.run(pod("stubborn", stubborn, terminationGracePeriodSeconds=2))
    with space.running("logs", "-f", "stubborn") as follow:
        space.kubectl("delete", "pod", "stubborn", "--timeout=30s")
        assert follow.stdout
        assert follow.stdout.readline() == "asked\n"


def test_too_much_memory_ends_with_oom_killed(space: Space) -> None:
    greedy = container("exec tail /dev/zero", resources={"limits": {"memory": "24Mi"}})
    space.ends(pod("greedy", greedy, restartPolicy="Never"), phase="Failed")
    end = state(space, "greedy")["state"]["terminated"]
    assert (end["reason"], end["exitCode"]) == ("OOMKilled", 137)


def test_the_termination_message_comes_from_file_or_log(space: Space) -> None:
    file = container("echo from the file > /dev/termination-log; exit 1", name="file")
    log = container(
        "echo from the log; exit 1",
        name="log",
        terminationMessagePolicy="FallbackToLogsOnError",
    )
    space.apply(pod("told", file, log, restartPolicy="Never"))
    space.wait("pod/told", "jsonpath={.status.phase}=Failed")
    messages = [state(space, "told", c)["state"]["terminated"]["message"] for c in ("file", "log")]
    assert messages == ["from the file\n", "from the log\n"]


def test_the_active_deadline_ends_a_pod(space: Space) -> None:
    space.apply(pod("late", restartPolicy="Never", activeDeadlineSeconds=2))
    space.wait("pod/late", "jsonpath={.status.reason}=DeadlineExceeded")
    status = space.get("pod/late")["status"]
    assert status["phase"] == "Failed"
    assert status["message"] == "Pod was active on the node longer than the specified deadline"


def test_image_errors_say_which_and_why(space: Space) -> None:
    never = container(name="never", imagePullPolicy="Never") | {"image": "localhost/none:1"}
    pull = container(name="pull") | {"image": "127.0.0.1:9/none:1"}
    bad = container(name="bad") | {"image": "UPPER CASE"}
    space.apply(pod("none", never, pull, bad))

    def waiting(name: str) -> str:
        return f"jsonpath={{.status.containerStatuses[?(@.name=='{name}')].state.waiting.reason}}"

    space.wait("pod/none", waiting("never") + "=ErrImageNeverPull")
    space.wait("pod/none", waiting("bad") + "=InvalidImageName")
    space.wait("pod/none", waiting("pull") + "=ImagePullBackOff")
    message = state(space, "none", "never")["state"]["waiting"]["message"]
    assert message == (
        'Container image "localhost/none:1" is not present with pull policy of Never'
    )
    failed = [
        event["message"]
        for event in space.get("events", "--field-selector=reason=Failed")["items"]
        if "127.0.0.1:9/none:1" in event["message"]
    ]
    assert any("connection refused" in message for message in failed), failed


def test_quality_of_service_follows_resources(space: Space) -> None:
    sizes = {"cpu": "20m", "memory": "32Mi"}
    guaranteed = container(resources={"limits": sizes})
    burstable = container(resources={"requests": sizes})
    space.apply(pod("g", guaranteed), pod("b", burstable), pod("e"))
    classes = [space.field(f"pod/{name}", ".status.qosClass") for name in "gbe"]
    assert classes == ["Guaranteed", "Burstable", "BestEffort"]


def test_cpu_and_memory_limits_reach_the_kernel(space: Space) -> None:
    main = container(
        "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/cpu/cpu.cfs_quota_us "
        "2>/dev/null || cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max",
        resources={"limits": {"cpu": "250m", "memory": "48Mi"}},
    )
    [said] = space.ends(pod("limited", main, restartPolicy="Never"))
    assert said.split()[:2] == [str(48 << 20), "25000"]


def test_the_environment_comes_from_everywhere(space: Space) -> None:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "secret"},
        "stringData": {"PASSWORD": "pa$$word"},
    }
    references = [
        ("NAME", {"fieldRef": {"fieldPath": "metadata.name"}}),
        ("LABEL", {"fieldRef": {"fieldPath": "metadata.labels['app']"}}),
        ("ADDRESS", {"fieldRef": {"fieldPath": "status.podIP"}}),
        ("NODE", {"fieldRef": {"fieldPath": "spec.nodeName"}}),
        ("MEMORY", {"resourceFieldRef": {"resource": "limits.memory", "divisor": "1Mi"}}),
        ("COLOUR", {"configMapKeyRef": {"name": "settings", "key": "colour"}}),
        ("NONE", {"configMapKeyRef": {"name": "none", "key": "x", "optional": True}}),
    ]
    main = container(
        "env",
        resources={"limits": {"memory": "64Mi"}},
        envFrom=[
            {"configMapRef": {"name": "settings"}, "prefix": "CM_"},
            {"secretRef": {"name": "secret"}},
        ],
        env=[
            *({"name": name, "valueFrom": source} for name, source in references),
            {"name": "GREETING", "value": "$(COLOUR) is $(NAME), $$(NAME)"},
        ],
    )
    space.apply(config_map("settings", colour="blue"), secret)
    [said] = space.ends(pod("env", main, restartPolicy="Never"))
    seen = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
    assert seen["NAME"] == "env"
    assert seen["LABEL"] == "env"
    assert seen["ADDRESS"] == space.field("pod/env", ".status.podIP")
    assert seen["NODE"] == space.platform.node
    assert seen["MEMORY"] == "64"
    assert seen["COLOUR"] == seen["CM_colour"] == "blue"
    assert seen["PASSWORD"] == "pa$$word"
    assert seen["GREETING"] == "blue is env, $(NAME)"
    assert "NONE" not in seen
    assert seen["KUBERNETES_SERVICE_PORT"] == "443"


def test_a_missing_config_map_is_waited_for(space: Space) -> None:
    main = container("echo $COLOUR", envFrom=[{"configMapRef": {"name": "later"}}])
    space.apply(pod("patient", main, restartPolicy="Never"))
    reason = "jsonpath={.status.containerStatuses[0].state.waiting.reason}"
    space.wait("pod/patient", f"{reason}=CreateContainerConfigError")
    message = state(space, "patient")["state"]["waiting"]["message"]
    assert message == 'configmap "later" not found'
    space.apply(config_map("later", COLOUR="blue"))
    space.wait("pod/patient", "jsonpath={.status.phase}=Succeeded")
    assert space.kubectl("logs", "patient") == "blue\n"


def test_containers_may_see_each_other(space: Space) -> None:
    other = container("exec sleep 987", name="other")
    main = container(
        "until ps | grep -v grep | grep -q 'sleep 987'; do sleep 0.1; done; ps | head -2"
    )
    space.apply(pod("family", main, other, shareProcessNamespace=True, restartPolicy="Never"))
    reason = "jsonpath={.status.containerStatuses[?(@.name=='main')].state.terminated.reason}"
    space.wait("pod/family", f"{reason}=Completed")
    assert "catatonit" in space.kubectl("logs", "family", "-c", "main")
