"""Pods live and die on a node in memory; time is virtual."""

import asyncio

import pytest

from onggi.api.errors import ServiceUnavailable
from onggi.api.objects import get
from onggi.kinds.core.pod.kind import POD
from onggi.node.fake import FakeRuntime, Program
from onggi.node.parts import ConfigError, NotReady, PullError
from onggi.node.runtime import ExecResult, RuntimeFailure
from tests.node.agent_lab import Lab, NodeCluster, Said, lab, make, running, state

pytestmark = pytest.mark.looptime

EXITS = {"command": ["sh", "-c", "sleep 5; exit 1"]}
ENDS = {"command": ["sleep", "5"]}
FOREVER = {"command": ["sleep", "100000"]}


def obedient(config):
    """Ends at once when told to, well."""
    return Program(on_term=0)


async def test_a_pod_runs():
    async with lab() as node:
        await node.create()
        await node.settle()
        status = await node.status()
        assert status["phase"] == "Running"
        assert status["podIP"] == "10.88.0.3"
        assert status["hostIP"] == "192.0.2.1"
        assert status["qosClass"] == "BestEffort"
        assert node.conditions(status) == {
            "PodReadyToStartContainers": "True",
            "Initialized": "True",
            "Ready": "True",
            "ContainersReady": "True",
            "PodScheduled": "True",
        }
        shown = status["containerStatuses"][0]
        assert shown["ready"]
        assert shown["started"]
        assert shown["restartCount"] == 0
        assert shown["state"] == {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
        assert node.said.reasons == ["Created", "Started"]
        assert node.said.events[0][3] == "spec.containers{c0}"


async def test_at_rest_nothing_is_written_and_hardly_anything_is_asked():
    async with lab() as node:
        await node.create()
        await node.settle(1)
        revision, calls = node.cluster.revision, len(node.runtime.calls)
        await node.settle(3600)
        assert node.cluster.revision == revision
        assert len(node.runtime.calls) - calls == 2 * 60  # two lists a minute


class TestDeletion:
    async def test_a_pod_has_its_grace_then_goes(self):
        async with lab() as node:
            await node.create(FOREVER)
            await node.settle()
            await node.delete(gracePeriodSeconds=20)
            await node.settle(19)
            assert state(await node.container()) == "running"
            await node.settle(3)
            assert not await node.exists()
            assert await node.runtime.sandboxes() == []
            assert await node.runtime.containers() == []
            assert node.volumes.mounted == set()
            assert node.said.messages("Killing") == ["Stopping container c0"]

    async def test_a_program_that_listens_ends_at_once(self):
        async with lab() as node:
            node.runtime._programs = obedient
            await node.create()
            await node.settle()
            await node.delete()
            await node.settle()
            assert not await node.exists()

    async def test_the_last_status_is_written_before_the_pod_goes(self):
        async with lab() as node:
            await node.create(FOREVER)
            await node.settle()
            await node.delete(gracePeriodSeconds=5)
            await node.settle(10)
            last = [c.before for c in node.cluster.history if c.resource == "pods"][-1]
            assert last["status"]["phase"] == "Failed"
            assert state(last["status"]["containerStatuses"][0]) == "terminated:Error"
            assert last["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 137
            assert not last["status"]["containerStatuses"][0]["ready"]

    async def test_a_shorter_grace_replaces_a_longer_one(self):
        async with lab() as node:
            await node.create(FOREVER, terminationGracePeriodSeconds=600)
            await node.settle()
            await node.delete()
            await node.settle(100)
            assert await node.exists()
            await node.delete(gracePeriodSeconds=10)
            await node.settle(5)
            assert await node.exists()
            await node.settle(8)
            assert not await node.exists()

    async def test_a_pod_that_vanished_is_wound_down(self):
        async with lab() as node:
            await node.create(FOREVER)
            await node.settle()
            await node.delete(gracePeriodSeconds=0)
            assert not await node.exists()
            await node.settle(40)
            assert await node.runtime.containers() == []
            assert node.agent.all() == []

    async def test_a_pod_whose_image_is_still_pulled_goes_at_once(self):
        async with lab() as node:

            async def never(pod, container):
                await asyncio.sleep(10_000)

            node.images.ensure = never
            await node.create()
            await node.settle(1)
            await node.delete()
            await node.settle(1)
            assert not await node.exists()
            last = [c.before for c in node.cluster.history if c.resource == "pods"][-1]
            assert last["status"]["phase"] == "Failed"
            assert state(last["status"]["containerStatuses"][0]).endswith("ContainerStatusUnknown")

    async def test_a_new_pod_of_the_name_is_another_pod(self):
        async with lab() as node:
            await node.create(FOREVER)
            await node.settle()
            await node.delete(gracePeriodSeconds=0)
            await node.create(FOREVER)
            await node.settle(1)
            assert (await node.status())["phase"] == "Running"
            await node.settle(40)
            assert (await node.status())["phase"] == "Running"
            assert len(await node.runtime.containers()) == 1

    async def test_sidecars_end_after_the_main_containers_last_first(self):
        async with lab() as node:
            side = {**FOREVER, "image": "box", "restartPolicy": "Always"}
            await node.create(
                ENDS | {"command": ["sh", "-c", "trap 'exit 0' TERM; sleep 100000 & wait"]},
                initContainers=[{"name": "a", **side}, {"name": "b", **side}],
                terminationGracePeriodSeconds=30,
            )
            await node.settle()
            ids = {c.name: c.id for c in await node.runtime.containers()}
            await node.delete()
            await node.settle(33)
            stops = [what for call, what in node.runtime.calls if call == "stop_container"]
            assert stops == [ids["c0"], ids["b"], ids["a"]]

    async def test_the_stop_hook_runs_within_the_grace(self):
        async with lab() as node:
            node.runtime._programs = obedient
            hook = {"preStop": {"exec": {"command": ["sleep", "7"]}}}
            await node.create({"lifecycle": hook}, terminationGracePeriodSeconds=30)
            await node.settle()
            await node.delete()
            await node.settle(6.5)
            assert state(await node.container()) == "running"
            await node.settle(1)
            assert not await node.exists()

    async def test_a_stop_hook_cannot_outlast_the_grace(self):
        async with lab() as node:
            node.runtime._programs = obedient
            hook = {"preStop": {"sleep": {"seconds": 500}}}
            await node.create({"lifecycle": hook}, terminationGracePeriodSeconds=10)
            await node.settle()
            await node.delete()
            await node.settle(9)
            assert await node.exists()
            await node.settle(3)
            assert not await node.exists()

    async def test_a_failed_stop_hook_is_told(self):
        async with lab() as node:
            node.runtime._programs = obedient
            await node.create({"lifecycle": {"preStop": {"exec": {"command": ["false"]}}}})
            await node.settle()
            await node.delete()
            await node.settle(1)
            assert node.said.messages("FailedPreStopHook") == ["PreStopHook failed"]


class TestRestarts:
    async def test_a_crash_is_followed_by_a_restart_then_by_patience(self):
        async with lab() as node:
            await node.create(EXITS)
            await node.settle(5.5)
            first = await node.container()
            assert (state(first), first["restartCount"]) == ("running", 1)
            assert first["lastState"]["terminated"]["exitCode"] == 1
            await node.settle(5)
            second = await node.container()
            assert state(second) == "waiting:CrashLoopBackOff"
            uid = (await node.pod())["metadata"]["uid"]
            assert second["state"]["waiting"]["message"] == (
                f"back-off 10s restarting failed container=c0 pod=web_default({uid})"
            )
            assert second["lastState"]["terminated"]["exitCode"] == 1
            assert (await node.status())["phase"] == "Running"
            assert node.said.messages("BackOff") == [
                f"Back-off restarting failed container c0 in pod web_default({uid})"
            ]
            await node.settle(10)
            third = await node.container()
            assert (state(third), third["restartCount"]) == ("running", 2)

    async def test_patience_doubles_up_to_five_minutes(self):
        async with lab() as node:
            await node.create({"command": ["false"]})
            await node.settle(10 + 20 + 40 + 80 + 160 + 1)
            shown = await node.container()
            assert shown["restartCount"] == 6
            assert "back-off 5m0s" in shown["state"]["waiting"]["message"]
            await node.settle(300)
            assert (await node.container())["restartCount"] == 7

    async def test_only_two_containers_of_a_name_are_kept(self):
        async with lab() as node:
            await node.create({"command": ["false"]})
            await node.settle(200)
            assert len(await node.runtime.containers()) == 2

    async def test_a_pod_that_may_not_restart_ends(self):
        async with lab() as node:
            await node.create(EXITS, restartPolicy="Never")
            await node.settle(6)
            status = await node.status()
            assert status["phase"] == "Failed"
            assert state(status["containerStatuses"][0]) == "terminated:Error"
            ready = next(c for c in status["conditions"] if c["type"] == "Ready")
            assert (ready["status"], ready["reason"]) == ("False", "PodFailed")
            assert node.volumes.mounted == set()
            (sandbox,) = await node.runtime.sandboxes()
            assert sandbox.state == "SANDBOX_NOTREADY"

    async def test_a_job_that_succeeds_is_not_run_again(self):
        async with lab() as node:
            await node.create(ENDS, restartPolicy="OnFailure")
            await node.settle(6)
            status = await node.status()
            assert status["phase"] == "Succeeded"
            assert state(status["containerStatuses"][0]) == "terminated:Completed"
            ready = next(c for c in status["conditions"] if c["type"] == "Ready")
            assert ready["reason"] == "PodCompleted"
            await node.delete()
            await node.settle(1)
            assert await node.runtime.sandboxes() == []

    async def test_containers_end_each_by_its_own(self):
        async with lab() as node:
            await node.create(ENDS, EXITS | {"command": ["sleep", "8"]}, restartPolicy="Never")
            await node.settle(6)
            assert (await node.status())["phase"] == "Running"
            await node.settle(3)
            assert (await node.status())["phase"] == "Succeeded"

    async def test_a_containers_own_rules_come_before_the_pods(self):
        rule = {"action": "Restart", "exitCodes": {"operator": "In", "values": [1]}}
        async with lab() as node:
            own = {"restartPolicy": "Never", "restartPolicyRules": [rule]}
            await node.create(EXITS | own, restartPolicy="Never")
            await node.settle(6)
            assert (await node.container())["restartCount"] == 1

    async def test_another_image_replaces_the_container(self):
        async with lab() as node:
            node.runtime._programs = obedient
            await node.create()
            await node.settle()
            pod = {**await node.pod()}
            pod["spec"] = {
                **pod["spec"],
                "containers": [{**pod["spec"]["containers"][0], "image": "two"}],
            }
            await node.cluster.update(POD, pod)
            await node.settle(1)
            shown = await node.container()
            assert (shown["image"], shown["restartCount"]) == ("two", 1)
            assert "Container c0 definition changed, will be restarted" in node.said.messages(
                "Killing"
            )

    async def test_time_runs_out(self):
        async with lab() as node:
            await node.create(FOREVER, activeDeadlineSeconds=60, terminationGracePeriodSeconds=5)
            await node.settle(59)
            assert (await node.status())["phase"] == "Running"
            await node.settle(10)
            status = await node.status()
            assert (status["phase"], status["reason"]) == ("Failed", "DeadlineExceeded")
            assert (
                status["message"] == "Pod was active on the node longer than the specified deadline"
            )

    async def test_a_dead_sandbox_is_made_anew(self):
        async with lab() as node:
            await node.create(FOREVER)
            await node.settle()
            (sandbox,) = await node.runtime.sandboxes()
            node.runtime.kill_sandbox(sandbox.id)
            await node.settle(1)
            status = await node.status()
            assert status["phase"] == "Running"
            assert status["containerStatuses"][0]["restartCount"] == 1
            assert status["podIP"] == "10.88.0.4"
            assert node.said.messages("SandboxChanged") == [
                "Pod sandbox changed, it will be killed and re-created."
            ]
            ready = [s for s in await node.runtime.sandboxes() if s.state == "SANDBOX_READY"]
            assert [s.attempt for s in ready] == [1]


class TestInit:
    async def test_init_containers_run_one_after_another(self):
        async with lab() as node:
            step = {"image": "box", "command": ["sleep", "5"]}
            await node.create(
                FOREVER, initContainers=[{"name": "a", **step}, {"name": "b", **step}]
            )
            await node.settle(3)
            status = await node.status()
            assert status["phase"] == "Pending"
            assert state(status["initContainerStatuses"][0]) == "running"
            assert state(status["initContainerStatuses"][1]) == "waiting:PodInitializing"
            assert state(status["containerStatuses"][0]) == "waiting:PodInitializing"
            initialized = next(c for c in status["conditions"] if c["type"] == "Initialized")
            assert initialized["message"] == "containers with incomplete status: [a b]"
            assert initialized["reason"] == "ContainersNotInitialized"
            await node.settle(5)
            status = await node.status()
            assert state(status["initContainerStatuses"][0]) == "terminated:Completed"
            assert status["initContainerStatuses"][0]["ready"]
            assert state(status["initContainerStatuses"][1]) == "running"
            await node.settle(5)
            status = await node.status()
            assert status["phase"] == "Running"
            assert node.conditions(status)["Initialized"] == "True"

    async def test_a_failed_one_is_tried_again(self):
        async with lab() as node:
            await node.create(FOREVER, initContainers=[{"name": "a", "image": "box", **EXITS}])
            await node.settle(12)
            status = await node.status()
            assert status["phase"] == "Pending"
            assert state(status["initContainerStatuses"][0]) == "waiting:CrashLoopBackOff"
            assert status["initContainerStatuses"][0]["restartCount"] == 1

    async def test_a_failed_one_ends_a_pod_that_may_not_restart(self):
        async with lab() as node:
            init = {"name": "a", "image": "box", **EXITS}
            await node.create(FOREVER, initContainers=[init], restartPolicy="Never")
            await node.settle(6)
            status = await node.status()
            assert status["phase"] == "Failed"
            assert state(status["containerStatuses"][0]) == "waiting:PodInitializing"

    async def test_a_sidecar_starts_first_and_stays(self):
        async with lab() as node:
            side = {"name": "side", "image": "box", "restartPolicy": "Always", **FOREVER}
            await node.create(ENDS, initContainers=[side], restartPolicy="Never")
            await node.settle()
            status = await node.status()
            assert status["phase"] == "Running"
            assert status["initContainerStatuses"][0]["ready"]
            await node.settle(5)
            assert (await node.status())["phase"] == "Running"
            await node.settle(40)
            assert (await node.status())["phase"] == "Succeeded"

    async def test_a_sidecar_comes_back(self):
        async with lab() as node:
            side = {"name": "side", "image": "box", "restartPolicy": "Always", **EXITS}
            await node.create(FOREVER, initContainers=[side])
            await node.settle(6)
            status = await node.status()
            assert status["initContainerStatuses"][0]["restartCount"] == 1
            assert status["phase"] == "Running"

    async def test_what_comes_after_a_sidecar_waits_for_its_startup(self):
        async with lab() as node:
            probe = {"exec": {"command": ["false"]}, "periodSeconds": 1, "failureThreshold": 100}
            side = {"name": "s", "image": "box", "restartPolicy": "Always", "startupProbe": probe}
            await node.create(initContainers=[side])
            await node.settle(5)
            status = await node.status()
            assert status["phase"] == "Pending"
            assert state(status["containerStatuses"][0]) == "waiting:PodInitializing"


class TestTrouble:
    async def test_volumes_are_waited_for(self):
        async with lab() as node:
            node.volumes.failures += [NotReady('MountVolume.SetUp failed for volume "v"')] * 3
            await node.create()
            await node.settle(0.2)
            assert state(await node.container()) == "waiting:ContainerCreating"
            await node.settle(5)
            assert (await node.status())["phase"] == "Running"
            assert node.said.reasons.count("FailedMount") == 3

    async def test_a_volume_that_became_ready_is_not_waited_for(self):
        async with lab() as node:
            node.volumes.failures += [NotReady("no")] * 6
            await node.create()
            await node.settle(10)
            node.volumes.failures.clear()
            node.agent.retry_mount((await node.pod())["metadata"]["uid"])
            await node.settle()
            assert (await node.status())["phase"] == "Running"

    async def test_a_missing_image_is_shown(self):
        async with lab() as node:
            node.images.failures.append(PullError("not found", "ErrImagePull", 10))
            await node.create()
            await node.settle()
            shown = await node.container()
            assert state(shown) == "waiting:ErrImagePull"
            assert shown["state"]["waiting"]["message"] == "not found"
            assert (await node.status())["phase"] == "Pending"
            await node.settle(10)
            assert (await node.status())["phase"] == "Running"

    async def test_an_image_that_never_comes_waits_for_a_change(self):
        async with lab() as node:
            node.images.failures.append(PullError("never", "ErrImageNeverPull", 0))
            await node.create()
            await node.settle(100)
            assert state(await node.container()) == "waiting:ErrImageNeverPull"
            await node.change(containers=[{"name": "c0", "image": "two"}])
            await node.settle()
            assert state(await node.container()) == "running"

    async def test_a_bad_configuration_is_shown(self):
        async with lab() as node:
            node.configurer.failures.append(ConfigError('secret "s" not found'))
            await node.create()
            await node.settle()
            assert state(await node.container()) == "waiting:CreateContainerConfigError"
            assert ("Warning", "Failed", 'Error: secret "s" not found', "spec.containers{c0}") in (
                node.said.events
            )
            await node.settle(2)
            assert state(await node.container()) == "running"

    async def test_what_the_runtime_refuses_is_shown(self):
        async with lab() as node:
            node.runtime.fail_next("create_container", RuntimeFailure("no space"))
            await node.create()
            await node.settle()
            shown = await node.container()
            assert state(shown) == "waiting:CreateContainerError"
            assert shown["state"]["waiting"]["message"] == "no space"
            await node.settle(2)
            assert state(await node.container()) == "running"

    async def test_a_program_that_is_not_there_is_shown(self):
        async with lab() as node:
            await node.create({"command": ["/no/such"]})
            await node.settle()
            shown = await node.container()
            assert state(shown) == "waiting:RunContainerError"
            assert "no such file or directory" in shown["state"]["waiting"]["message"]
            assert shown["lastState"]["terminated"]["exitCode"] == 128

    async def test_a_sandbox_that_cannot_be_made_is_told(self):
        async with lab() as node:
            node.runtime.fail_next("run_sandbox", RuntimeFailure("no network"))
            await node.create()
            await node.settle()
            assert node.said.messages("FailedCreatePodSandBox") == [
                "Failed to create pod sandbox: rpc error: code = Unknown desc = no network"
            ]
            await node.settle(2)
            assert (await node.status())["phase"] == "Running"

    async def test_a_failed_start_hook_kills_the_container(self):
        async with lab() as node:
            await node.create(
                FOREVER | {"lifecycle": {"postStart": {"exec": {"command": ["false"]}}}},
                terminationGracePeriodSeconds=3,
            )
            await node.settle(5)
            shown = await node.container()
            assert shown["restartCount"] >= 0
            assert node.said.messages("FailedPostStartHook")[0] == "PostStartHook failed"
            assert node.said.messages("Killing")[0] == "FailedPostStartHook"

    async def test_a_container_is_told_of_after_its_start_hook(self):
        async with lab() as node:
            hook = {"postStart": {"exec": {"command": ["sleep", "5"]}}}
            await node.create(FOREVER | {"lifecycle": hook})
            await node.settle(4)
            assert state(await node.container()) == "waiting:ContainerCreating"
            await node.settle(2)
            assert state(await node.container()) == "running"

    async def test_an_api_server_that_is_away_is_waited_for(self):
        async with lab() as node:

            def away(verb, kind, name):
                if verb == "patch":
                    raise ServiceUnavailable("away")

            node.cluster.gate = away
            await node.create()
            await node.settle(5)
            assert "containerStatuses" not in await node.status()
            node.cluster.gate = lambda verb, kind, name: None
            await node.settle(10)
            assert (await node.status())["phase"] == "Running"

    async def test_lost_events_are_made_up_for(self):
        async with lab() as node:
            await node.create(FOREVER, restartPolicy="Never")
            await node.settle()
            node.runtime._listeners.clear()
            node.runtime.exit(node.runtime.named("c0").id)
            await node.settle(1)
            assert (await node.status())["phase"] == "Running"
            await node.settle(60)
            assert (await node.status())["phase"] == "Succeeded"

    async def test_a_compacted_history_means_a_new_list(self):
        async with lab() as node:
            await node.create(FOREVER)
            await node.settle()
            node.cluster.compact()
            await node.create(FOREVER, name="other")
            await node.settle(1)
            assert (await node.status("other"))["phase"] == "Running"

    async def test_one_pods_trouble_is_no_others(self, caplog):
        async with lab() as node:
            node.configurer.failures.append(ZeroDivisionError())
            await node.create(name="bad")
            await node.create(name="good")
            await node.settle(0.5)
            assert (await node.status("good"))["phase"] == "Running"
            await node.settle(2)
            assert (await node.status("bad"))["phase"] == "Running"
        assert "ZeroDivisionError" in caplog.text

    async def test_a_pod_that_does_not_fit_is_refused(self):
        def full(pod, others):
            return "OutOfcpu", "Node didn't have enough resource: cpu"

        async with lab(admit=full) as node:
            await node.create()
            await node.settle(1)
            status = await node.status()
            assert (status["phase"], status["reason"]) == ("Failed", "OutOfcpu")
            assert await node.runtime.sandboxes() == []
            assert node.said.messages("OutOfcpu")


class TestProbes:
    @staticmethod
    def answers(code: list[int], command=("check",)):
        """A program whose ``check`` answers with the code that the test sets."""

        class Execs(dict):
            def get(self, key, default=None):
                return ExecResult(exit_code=code[0], stdout=b"so") if key == command else default

        return lambda config: Program(on_term=0, execs=Execs())

    async def test_readiness_follows_its_probe(self):
        code = [1]
        async with lab() as node:
            node.runtime._programs = self.answers(code)
            probe = {"exec": {"command": ["check"]}, "periodSeconds": 1, "failureThreshold": 3}
            await node.create({"readinessProbe": probe})
            await node.settle(2)
            status = await node.status()
            assert not status["containerStatuses"][0]["ready"]
            assert status["containerStatuses"][0]["started"]
            ready = next(c for c in status["conditions"] if c["type"] == "Ready")
            assert ready["reason"] == "ContainersNotReady"
            assert ready["message"] == "containers with unready status: [c0]"
            assert set(node.said.messages("Unhealthy")) == {"Readiness probe failed: so"}
            code[0] = 0
            await node.settle(1.1)
            assert node.conditions(await node.status())["Ready"] == "True"
            code[0] = 1
            await node.settle(2)
            assert node.conditions(await node.status())["Ready"] == "True"
            await node.settle(1.1)
            assert node.conditions(await node.status())["Ready"] == "False"

    async def test_a_container_that_fails_liveness_is_replaced(self):
        code = [0]
        async with lab() as node:
            node.runtime._programs = self.answers(code)
            probe = {"exec": {"command": ["check"]}, "periodSeconds": 1, "failureThreshold": 2}
            await node.create({"livenessProbe": probe})
            await node.settle(10)
            assert (await node.container())["restartCount"] == 0
            code[0] = 1
            await node.settle(1.5)
            assert (await node.container())["restartCount"] == 1
            assert node.said.messages("Killing") == [
                "Container c0 failed liveness probe, will be restarted"
            ]

    async def test_a_probe_may_have_its_own_grace(self):
        code = [1]
        async with lab() as node:
            programs = self.answers(code)
            node.runtime._programs = lambda config: Program(execs=programs(config).execs)
            probe = {
                "exec": {"command": ["check"]},
                "periodSeconds": 1,
                "failureThreshold": 1,
                "terminationGracePeriodSeconds": 5,
            }
            await node.create({"livenessProbe": probe}, terminationGracePeriodSeconds=500)
            await node.settle(4)
            assert (await node.container())["restartCount"] == 0
            await node.settle(2)
            assert (await node.container())["restartCount"] == 1

    async def test_other_probes_wait_for_startup(self):
        code = [1]
        async with lab() as node:
            node.runtime._programs = self.answers(code)
            probe = {"exec": {"command": ["check"]}, "periodSeconds": 1, "failureThreshold": 60}
            quick = {"exec": {"command": ["check"]}, "periodSeconds": 1, "failureThreshold": 1}
            await node.create({"startupProbe": probe, "livenessProbe": quick})
            await node.settle(30)
            shown = await node.container()
            assert (shown["restartCount"], shown["started"], shown["ready"]) == (0, False, False)
            code[0] = 0
            await node.settle(1.5)
            shown = await node.container()
            assert (shown["started"], shown["ready"]) == (True, True)
            code[0] = 1
            await node.settle(1.5)
            assert (await node.container())["restartCount"] == 1

    async def test_a_container_that_never_starts_up_is_replaced(self):
        async with lab() as node:
            node.runtime._programs = self.answers([1])
            probe = {"exec": {"command": ["check"]}, "periodSeconds": 10, "failureThreshold": 3}
            await node.create({"startupProbe": probe})
            await node.settle(19)
            assert (await node.container())["restartCount"] == 0
            await node.settle(2)
            assert (await node.container())["restartCount"] == 1
            assert "Container c0 failed startup probe, will be restarted" in (
                node.said.messages("Killing")
            )

    async def test_probing_begins_after_the_initial_delay(self):
        async with lab() as node:
            node.runtime._programs = self.answers([0])
            probe = {"exec": {"command": ["check"]}, "initialDelaySeconds": 20}
            await node.create({"readinessProbe": probe})
            await node.settle(19)
            assert not (await node.container())["ready"]
            await node.settle(2)
            assert (await node.container())["ready"]

    async def test_readiness_gates_are_asked(self):
        async with lab() as node:
            await node.create(readinessGates=[{"conditionType": "x/y"}])
            await node.settle()
            ready = next(c for c in (await node.status())["conditions"] if c["type"] == "Ready")
            assert ready["reason"] == "ReadinessGatesNotReady"
            assert ready["message"] == (
                'corresponding condition of pod readiness gate "x/y" does not exist.'
            )
            pod = {**await node.pod()}
            gate = {"type": "x/y", "status": "True"}
            pod["status"] = {**pod["status"], "conditions": [*pod["status"]["conditions"], gate]}
            await node.cluster.update(POD, pod, subresource="status")
            await node.settle()
            assert node.conditions(await node.status())["Ready"] == "True"


class TestCrashOfOnggi:
    """The agent is killed in the middle of something; another one takes over."""

    @staticmethod
    def again(node: Lab) -> Lab:
        return make(node.runtime, node.cluster, Said())

    async def test_running_containers_are_adopted(self):
        async with lab() as node:
            await node.create(FOREVER)
            await node.settle()
            before = await node.pod()
        made = node.runtime.count_calls("create_container")
        async with running(self.again(node)) as node:
            await node.settle(5)
            assert node.runtime.count_calls("create_container") == made
            assert await node.pod() == before
            assert node.said.events == []

    @pytest.mark.parametrize("after", [n / 10 for n in range(1, 12)])
    async def test_nothing_is_started_twice_whenever_it_happens(self, after):
        from onggi.node.fake import Speed

        speed = Speed(sandbox=0.3, create=0.2, start=0.2)
        first = make(FakeRuntime(speed=speed), NodeCluster(), Said())
        async with running(first) as node:
            await node.create(FOREVER, FOREVER)
            await node.settle(after)
        async with running(self.again(node)) as node:
            await node.settle(10)
            status = await node.status()
            assert status["phase"] == "Running"
            alive = [c for c in await node.runtime.containers() if c.state == "CONTAINER_RUNNING"]
            assert sorted(c.name for c in alive) == ["c0", "c1"]

    async def test_an_exit_meanwhile_is_noticed(self):
        async with lab() as node:
            await node.create(FOREVER, restartPolicy="Never")
            await node.settle()
        node.runtime.exit(node.runtime.named("c0").id, 3)
        async with running(self.again(node)) as node:
            await node.settle()
            status = await node.status()
            assert status["phase"] == "Failed"
            assert status["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 3

    async def test_what_was_deleted_meanwhile_is_cleaned_up(self):
        async with lab() as node:
            await node.create(FOREVER, terminationGracePeriodSeconds=5)
            await node.settle()
        await node.delete(gracePeriodSeconds=0)
        async with running(self.again(node)) as node:
            await node.settle(10)
            assert await node.runtime.sandboxes() == []
            assert await node.runtime.containers() == []

    async def test_a_deletion_under_way_goes_on(self):
        async with lab() as node:
            await node.create(FOREVER, terminationGracePeriodSeconds=10)
            await node.settle()
            await node.delete()
            await node.settle(3)
        async with running(self.again(node)) as node:
            await node.settle(13)
            assert not await node.exists()

    async def test_a_finished_pod_stays_finished(self):
        async with lab() as node:
            await node.create(ENDS, restartPolicy="Never")
            await node.settle(6)
            before = await node.pod()
        made = node.runtime.count_calls("run_sandbox")
        async with running(self.again(node)) as node:
            await node.settle(5)
            assert await node.pod() == before
            assert node.runtime.count_calls("run_sandbox") == made

    async def test_a_ready_container_stays_ready(self):
        async with lab() as node:
            probe = {"exec": {"command": ["true"]}, "periodSeconds": 60}
            await node.create(FOREVER | {"readinessProbe": probe})
            await node.settle(1)
            assert node.conditions(await node.status())["Ready"] == "True"
            revision = node.cluster.revision
        async with running(self.again(node)) as node:
            await node.settle(100)
            assert node.cluster.revision == revision

    async def test_a_reboot_starts_everything_anew(self):
        async with lab() as node:
            await node.create(FOREVER)
            await node.settle()
        node.runtime = FakeRuntime()
        async with running(self.again(node)) as node:
            await node.settle()
            status = await node.status()
            assert status["phase"] == "Running"
            assert status["containerStatuses"][0]["restartCount"] == 1


async def test_ephemeral_containers_join_a_running_pod():
    async with lab() as node:
        await node.create(FOREVER)
        await node.settle()
        extra = {"name": "debug", "image": "box", "command": ["sleep", "5"]}
        await node.change(ephemeralContainers=[extra])
        await node.settle(1)
        shown = (await node.status())["ephemeralContainerStatuses"][0]
        assert state(shown) == "running"
        await node.settle(5)
        shown = (await node.status())["ephemeralContainerStatuses"][0]
        assert state(shown) == "terminated:Completed"
        await node.settle(30)
        assert len(await node.runtime.containers()) == 2
        assert (await node.status())["phase"] == "Running"


async def test_a_host_network_pod_has_the_hosts_address():
    async with lab() as node:
        await node.create(hostNetwork=True)
        await node.settle()
        status = await node.status()
        assert (status["podIP"], status["podIPs"]) == ("192.0.2.1", [{"ip": "192.0.2.1"}])
        assert get(status, "phase") == "Running"


async def test_a_hundred_pods_come_and_go():
    async with lab() as node:
        node.runtime._programs = obedient
        for number in range(100):
            await node.create(name=f"p{number}")
        await node.settle(5)
        assert {p["status"]["phase"] for p in (await node.cluster.list(POD)).items} == {"Running"}
        for number in range(100):
            await node.delete(f"p{number}")
        await node.settle(5)
        assert (await node.cluster.list(POD)).items == []
        assert await node.runtime.sandboxes() == []
        assert node.agent.all() == []
        assert node.agent._owners == {}
