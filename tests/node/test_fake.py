"""The fake runtime: verified by the suite that containerd passes."""

import pytest

from onggi.node.configs import ContainerConfig
from onggi.node.fake import FakeRuntime, Program, read_program
from onggi.node.runtime import ContainerState, RuntimeFailure
from tests.suites.runtime import Lab, RuntimeSuite

pytestmark = pytest.mark.looptime


class TestFake(RuntimeSuite):
    @pytest.fixture
    def lab(self):
        return Lab(FakeRuntime(images=["localhost/box:1"]), "localhost/box:1", "/logs")


@pytest.mark.parametrize(
    ("command", "program"),
    [
        (("sleep", "5"), Program(exits_after=5)),
        (("true",), Program(exits_after=0)),
        (("false",), Program(exits_after=0, exit_code=1)),
        (("sh", "-c", "exit 3"), Program(exits_after=0, exit_code=3)),
        (("sh", "-c", "sleep 2; exit 3"), Program(exits_after=2, exit_code=3)),
        (
            ("sh", "-c", "trap 'exit 4' TERM; sleep 9 & wait"),
            Program(exits_after=9, on_term=4),
        ),
        (("nginx",), Program()),
    ],
)
def test_commands_are_read_as_programs(command, program):
    assert read_program(ContainerConfig(name="x", image="i", command=command)) == program


async def test_time_is_that_of_the_loop(looptime):
    lab = Lab(FakeRuntime(images=["i"]), "i", "/logs")
    status = await lab.ended(await lab.run("sleep", "10"))
    assert (status.finished_at - status.started_at).total_seconds() == 10
    assert looptime == pytest.approx(10, abs=0.1)


async def test_failures_can_be_scripted():
    lab = Lab(FakeRuntime(images=["i"]), "i", "/logs")
    lab.runtime.fail_next("run_sandbox", RuntimeFailure("no network"))
    with pytest.raises(RuntimeFailure, match="no network"):
        await lab.runtime.run_sandbox(lab.sandbox())
    await lab.runtime.run_sandbox(lab.sandbox())


async def test_a_killed_sandbox_takes_its_containers_along():
    lab = Lab(FakeRuntime(images=["i"]), "i", "/logs")
    made = await lab.run("sleep", "10")
    (sandbox,) = await lab.runtime.sandboxes()
    lab.runtime.kill_sandbox(sandbox.id)
    status = await lab.runtime.container_status(made)
    assert (status.state, status.exit_code) == (ContainerState.EXITED, 137)
