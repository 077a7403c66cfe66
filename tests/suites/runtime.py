"""What every ContainerRuntime must do. ``tests/node`` runs it for the fake and for containerd.

The image of the tests has busybox: ``sleep``, ``sh``, ``true``, ``false``, ``echo``.
"""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, replace

import pytest

from onggi.node.configs import (
    ContainerConfig,
    Namespace,
    Namespaces,
    Resources,
    SandboxConfig,
    SandboxSecurity,
)
from onggi.node.runtime import (
    CallTimeout,
    ContainerRuntime,
    ContainerState,
    Exited,
    NoSuchThing,
    Relist,
    RuntimeFailure,
    SandboxState,
    Started,
)

LABELS = {"io.kubernetes.pod.uid": "u-1", "io.kubernetes.container.name": "main"}
FOREVER = ("sleep", "3600")


@dataclass
class Lab:
    """A runtime, an image it has, a folder that its logs may go to."""

    runtime: ContainerRuntime
    image: str
    logs: str

    def sandbox(self, uid: str = "u-1", **fields) -> SandboxConfig:
        labels = {"io.kubernetes.pod.uid": uid}
        return SandboxConfig(
            name="web", namespace="a", uid=uid, labels=labels, log_directory=self.logs, **fields
        )

    def container(self, *command: str, name: str = "main", **fields) -> ContainerConfig:
        return ContainerConfig(
            name=name,
            image=self.image,
            command=command,
            labels=LABELS,
            log_path=f"{name}.log",
            **fields,
        )

    async def run(self, *command: str, **fields) -> str:
        """Start a container in a sandbox of its own; its id."""
        sandbox = await self.runtime.run_sandbox(self.sandbox())
        made = await self.runtime.create_container(
            sandbox, self.container(*command, **fields), self.sandbox()
        )
        await self.runtime.start_container(made)
        return made

    async def ended(self, container_id: str):
        async with asyncio.timeout(20):
            while True:
                status = await self.runtime.container_status(container_id)
                if status.state is ContainerState.EXITED:
                    return status
                await asyncio.sleep(0.02)


class RuntimeSuite:
    """A subclass has a fixture ``lab``, whose runtime starts without sandboxes."""

    async def test_it_is_ready(self, lab: Lab):
        assert (await lab.runtime.status()).not_ready == {}

    async def test_a_sandbox_has_an_address_of_its_own(self, lab: Lab):
        first = await lab.runtime.run_sandbox(lab.sandbox())
        second = await lab.runtime.run_sandbox(lab.sandbox("u-2"))
        one = await lab.runtime.sandbox_status(first)
        two = await lab.runtime.sandbox_status(second)
        assert one.state is SandboxState.READY
        assert (one.name, one.namespace, one.uid, one.attempt) == ("web", "a", "u-1", 0)
        assert one.ips
        assert set(one.ips).isdisjoint(two.ips)

    async def test_a_sandbox_in_the_hosts_network_has_no_address(self, lab: Lab):
        security = SandboxSecurity(namespaces=Namespaces(network=Namespace.NODE))
        made = await lab.runtime.run_sandbox(lab.sandbox(security=security))
        status = await lab.runtime.sandbox_status(made)
        assert (status.ips, status.host_network) == ((), True)

    async def test_a_sandbox_is_made_once(self, lab: Lab):
        await lab.runtime.run_sandbox(lab.sandbox())
        with pytest.raises(RuntimeFailure, match="reserve"):
            await lab.runtime.run_sandbox(lab.sandbox())
        await lab.runtime.run_sandbox(lab.sandbox(attempt=1))

    async def test_lists_can_be_of_one_pod(self, lab: Lab):
        first = await lab.runtime.run_sandbox(lab.sandbox())
        await lab.runtime.run_sandbox(lab.sandbox("u-2"))
        assert [s.id for s in await lab.runtime.sandboxes(uid="u-1")] == [first]
        assert len(await lab.runtime.sandboxes()) == 2
        assert await lab.runtime.sandboxes(uid="u-3") == []

    async def test_a_container_is_created_then_runs(self, lab: Lab):
        sandbox = await lab.runtime.run_sandbox(lab.sandbox())
        made = await lab.runtime.create_container(
            sandbox,
            lab.container(*FOREVER, attempt=2, annotations={"hash": "1"}),
            lab.sandbox(),
        )
        (listed,) = await lab.runtime.containers(uid="u-1")
        assert listed.state is ContainerState.CREATED
        assert (listed.id, listed.sandbox_id, listed.name) == (made, sandbox, "main")
        assert (listed.attempt, dict(listed.annotations)) == (2, {"hash": "1"})
        assert listed.labels == LABELS
        await lab.runtime.start_container(made)
        status = await lab.runtime.container_status(made)
        assert status.state is ContainerState.RUNNING
        assert status.started_at is not None
        assert status.started_at >= status.created_at
        assert status.finished_at is None
        assert status.log_path == f"{lab.logs}/main.log"
        assert status.image_ref

    async def test_a_container_is_made_once(self, lab: Lab):
        await lab.run(*FOREVER)
        (sandbox,) = await lab.runtime.sandboxes()
        with pytest.raises(RuntimeFailure, match="reserved"):
            await lab.runtime.create_container(sandbox.id, lab.container(*FOREVER), lab.sandbox())

    @pytest.mark.parametrize(
        ("command", "code", "reason"),
        [(("true",), 0, "Completed"), (("sh", "-c", "exit 7"), 7, "Error")],
    )
    async def test_an_exit_is_reported(self, lab: Lab, command, code, reason):
        status = await lab.ended(await lab.run(*command))
        assert (status.exit_code, status.reason) == (code, reason)
        assert status.finished_at is not None
        assert status.started_at is not None
        assert status.finished_at >= status.started_at

    async def test_a_program_that_is_not_there_fails_the_start(self, lab: Lab):
        with pytest.raises(RuntimeFailure, match="no such file or directory"):
            await lab.run("/no/such/program")
        (listed,) = await lab.runtime.containers()
        status = await lab.runtime.container_status(listed.id)
        assert (status.state, status.exit_code) == (ContainerState.EXITED, 128)
        assert status.reason == "StartError"

    async def test_an_image_that_is_not_there_fails_the_creation(self, lab: Lab):
        sandbox = await lab.runtime.run_sandbox(lab.sandbox())
        config = replace(lab.container(*FOREVER), image="localhost/none:1")
        with pytest.raises(RuntimeFailure):
            await lab.runtime.create_container(sandbox, config, lab.sandbox())

    async def test_a_program_may_end_by_itself_when_asked(self, lab: Lab):
        line = "trap 'exit 3' TERM; sleep 3600 & wait"
        made = await lab.run("sh", "-c", line)
        await asyncio.sleep(0.3)  # until the shell has set its trap; nothing tells
        await lab.runtime.stop_container(made, 10)
        assert (await lab.runtime.container_status(made)).exit_code == 3

    async def test_a_program_that_will_not_end_is_killed(self, lab: Lab):
        made = await lab.run(*FOREVER)
        await lab.runtime.stop_container(made, 1)
        status = await lab.runtime.container_status(made)
        assert (status.state, status.exit_code) == (ContainerState.EXITED, 137)

    async def test_stopping_and_removing_what_is_gone_succeeds(self, lab: Lab):
        made = await lab.run(*FOREVER)
        (sandbox,) = await lab.runtime.sandboxes()
        for _ in range(2):
            await lab.runtime.stop_sandbox(sandbox.id)
        assert (await lab.ended(made)).exit_code == 137
        stopped = await lab.runtime.sandbox_status(sandbox.id)
        assert (stopped.state, stopped.ips) == (SandboxState.NOT_READY, ())
        for _ in range(2):
            await lab.runtime.stop_container(made, 1)
            await lab.runtime.remove_container(made)
            await lab.runtime.remove_sandbox(sandbox.id)
        assert (await lab.runtime.containers(), await lab.runtime.sandboxes()) == ([], [])
        with pytest.raises(NoSuchThing):
            await lab.runtime.container_status(made)
        with pytest.raises(NoSuchThing):
            await lab.runtime.sandbox_status(sandbox.id)

    async def test_removing_a_sandbox_removes_what_is_in_it(self, lab: Lab):
        await lab.run(*FOREVER)
        (sandbox,) = await lab.runtime.sandboxes()
        await lab.runtime.stop_sandbox(sandbox.id)
        await lab.runtime.remove_sandbox(sandbox.id)
        assert await lab.runtime.containers() == []

    async def test_commands_run_inside(self, lab: Lab):
        made = await lab.run(*FOREVER)
        said = await lab.runtime.exec_sync(made, ("echo", "hello"), 10)
        assert (said.exit_code, said.stdout) == (0, b"hello\n")
        refused = await lab.runtime.exec_sync(made, ("sh", "-c", "exit 4"), 10)
        assert refused.exit_code == 4

    async def test_a_command_that_takes_too_long_is_given_up(self, lab: Lab):
        made = await lab.run(*FOREVER)
        with pytest.raises(CallTimeout):
            await lab.runtime.exec_sync(made, ("sleep", "20"), 1)

    async def test_nothing_can_be_run_in_what_has_ended(self, lab: Lab):
        made = await lab.run("true")
        await lab.ended(made)
        with pytest.raises(RuntimeFailure):
            await lab.runtime.exec_sync(made, ("true",), 1)

    async def test_resources_can_be_changed(self, lab: Lab):
        made = await lab.run(*FOREVER)
        await lab.runtime.update_resources(made, Resources(cpu_shares=512, memory_limit=64 << 20))

    async def test_images_are_known_by_name_and_id(self, lab: Lab):
        found = await lab.runtime.image(lab.image)
        assert found is not None
        assert lab.image in found.repo_tags
        assert found.size > 0
        by_id = await lab.runtime.image(found.id)
        assert by_id is not None
        assert by_id.id == found.id
        assert await lab.runtime.image("localhost/none:1") is None

    async def test_what_no_registry_has_cannot_be_pulled(self, lab: Lab):
        with pytest.raises(RuntimeFailure, match="failed to pull"):
            await lab.runtime.pull_image("127.0.0.1:9/none:1")

    async def test_running_containers_have_stats(self, lab: Lab):
        made = await lab.run(*FOREVER)
        (stats,) = await lab.runtime.stats(uid="u-1")
        assert (stats.container_id, stats.name) == (made, "main")

    async def test_starts_and_exits_are_told_but_not_those_of_execs(self, lab: Lab):
        async with aclosing(lab.runtime.events()) as events, asyncio.timeout(20):
            assert await anext(events) == Relist()
            reader = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0.2)  # until the runtime has begun to listen; nothing tells
            sandbox = await lab.runtime.run_sandbox(lab.sandbox())
            made = await lab.runtime.create_container(
                sandbox, lab.container(*FOREVER), lab.sandbox()
            )
            await lab.runtime.start_container(made)
            await lab.runtime.exec_sync(made, ("true",), 10)
            await lab.runtime.stop_container(made, 0)
            await lab.runtime.stop_sandbox(sandbox)
            seen = [await reader]
            while seen[-1] != Exited(sandbox):
                seen.append(await anext(events))
        seen = [event for event in seen if event != Relist()]
        assert seen == [Started(sandbox), Started(made), Exited(made), Exited(sandbox)]
