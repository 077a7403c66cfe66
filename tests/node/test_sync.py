"""Decisions about single pods, and what no decision may ever be."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.node.identity import CONTAINER_NAME, HASH, RESTARTS, spec_hash
from onggi.node.memory import Kill, Memory, Verdict
from onggi.node.observed import Observed
from onggi.node.runtime import Container, ContainerState, Sandbox, SandboxState
from onggi.node.situation import (
    BeginKill,
    Cancel,
    ConfirmDeletion,
    MakeSandbox,
    Mount,
    PreStop,
    RemoveContainer,
    RemoveSandbox,
    Say,
    Situation,
    Start,
    Stop,
    StopSandbox,
    Unmount,
)
from onggi.node.sync import decide
from tests.world import NOW


def pod(*containers, meta=None, **spec):
    made = [{"name": f"c{i}", "image": "box", **c} for i, c in enumerate(containers or ({},))]
    metadata = {"name": "web", "namespace": "a", "uid": "u", **(meta or {})}
    return {"metadata": metadata, "spec": {"containers": made, **spec}, "status": {}}


def sandbox(attempt=0, state=SandboxState.READY, ips=("10.0.0.1",)):
    return Sandbox(
        id=f"s{attempt}",
        name="web",
        namespace="a",
        uid="u",
        attempt=attempt,
        state=state,
        created_at=NOW + timedelta(seconds=attempt),
        ips=ips,
    )


def container(name="c0", state=ContainerState.RUNNING, count=0, **fields):
    spec = {"name": name, "image": "box"}
    ended = NOW if state is ContainerState.EXITED else None
    made = Container(
        id=f"{name}-{count}",
        sandbox_id="s0",
        name=name,
        attempt=count,
        image="box",
        image_ref="box",
        state=state,
        created_at=NOW + timedelta(seconds=count),
        labels={CONTAINER_NAME: name},
        annotations={HASH: spec_hash(spec), RESTARTS: str(count)},
        started_at=NOW,
        finished_at=ended,
    )
    return replace(made, **fields)


def exited(name="c0", code=0, **fields):
    return container(name, ContainerState.EXITED, exit_code=code, **fields)


def situation(of, *things, **fields):
    boxes = [t for t in things if isinstance(t, Sandbox)]
    inside = [t for t in things if isinstance(t, Container)]
    memory = fields.pop("memory", None) or Memory(mounts={})
    return Situation(of, Observed.of(boxes, inside), memory, NOW, **fields)


def steps(*args, **fields):
    return decide(situation(*args, **fields)).steps


DELETED = {"deletionTimestamp": "2026-01-01T00:00:30Z", "deletionGracePeriodSeconds": 30}


class TestBeginning:
    def test_volumes_come_first(self):
        assert steps(pod(), memory=Memory()) == (Mount(),)

    def test_then_the_sandbox(self):
        assert steps(pod()) == (MakeSandbox(0),)

    def test_then_the_container(self):
        assert steps(pod(), sandbox()) == (Start("c0", 0),)

    def test_one_start_at_a_time(self):
        assert steps(pod({}, {}), sandbox()) == (Start("c0", 0),)
        assert steps(pod({}, {}), sandbox(), busy=frozenset(["start"])) == ()
        assert steps(pod({}, {}), sandbox(), container("c0")) == (Start("c1", 0),)

    def test_a_pod_that_runs_needs_nothing(self):
        decision = decide(situation(pod(), sandbox(), container()))
        assert (decision.steps, decision.wake) == ((), None)

    def test_a_container_left_between_create_and_start_is_made_again(self):
        left = container(state=ContainerState.CREATED)
        assert steps(pod(), sandbox(), left) == (RemoveContainer("c0-0"),)

    def test_a_container_in_an_unknown_state_is_killed_before_it_starts_again(self):
        (step,) = steps(pod(), sandbox(), container(state=ContainerState.UNKNOWN))
        assert isinstance(step, BeginKill)


class TestSandbox:
    dead = sandbox(state=SandboxState.NOT_READY)

    def test_a_dead_one_is_stopped_then_replaced(self):
        said, stop = steps(pod(), self.dead)
        assert isinstance(said, Say)
        assert stop == StopSandbox("s0")
        memory = Memory(mounts={}, stopped={"s0"})
        assert steps(pod(), self.dead, memory=memory) == (MakeSandbox(1),)

    def test_what_runs_in_it_ends_before(self):
        (step,) = steps(pod(), self.dead, container())
        assert isinstance(step, BeginKill)

    def test_one_without_an_address_is_replaced(self):
        assert StopSandbox("s0") in steps(pod(), sandbox(ips=()))
        host = replace(sandbox(ips=()), host_network=True)
        assert steps(pod(hostNetwork=True), host) == (Start("c0", 0),)

    def test_a_pod_that_may_not_restart_gets_no_other(self):
        memory = Memory(mounts={}, stopped={"s0"})
        found = steps(pod(restartPolicy="Never"), self.dead, exited(code=1), memory=memory)
        assert found == (Unmount(),)

    def test_what_succeeded_is_not_repeated(self):
        memory = Memory(mounts={}, stopped={"s0"})
        job = pod({}, {}, restartPolicy="OnFailure")
        old = (self.dead, exited("c0"), exited("c1", 1))
        assert steps(job, *old, memory=memory) == (MakeSandbox(1),)
        assert steps(job, sandbox(1), *old, memory=memory) == (Start("c1", 1, "c1-0"),)

    def test_an_old_one_without_containers_goes(self):
        fresh = container(sandbox_id="s1")
        assert steps(pod(), sandbox(1), self.dead, fresh) == (RemoveSandbox("s0"),)


class TestEnding:
    def test_a_hook_comes_before_the_signal(self):
        hooked = pod({"lifecycle": {"preStop": {"sleep": {"seconds": 1}}}}, meta=DELETED)
        memory = Memory(mounts={}, killing={"c0-0": Kill(NOW, 30)})
        (hook,) = steps(hooked, sandbox(), container(), memory=memory)
        assert hook == PreStop("c0-0", "c0", 30)
        assert (
            steps(hooked, sandbox(), container(), memory=memory, busy=frozenset([hook.key])) == ()
        )
        memory.prestopped.add("c0-0")
        (stop,) = steps(hooked, sandbox(), container(), memory=memory)
        assert stop == Stop("c0-0", NOW + timedelta(seconds=30), 30)

    def test_there_are_always_two_seconds(self):
        memory = Memory(mounts={}, killing={"c0-0": Kill(NOW - timedelta(seconds=100), 30)})
        (stop,) = steps(pod(meta=DELETED), sandbox(), container(), memory=memory)
        assert stop.seconds == 2

    def test_a_start_under_way_is_given_up(self):
        found = steps(pod(meta=DELETED), sandbox(), busy=frozenset(["start"]))
        assert found == (Cancel("start"),)

    def test_the_order_of_the_end(self):
        end = pod(meta=DELETED)
        memory = Memory(mounts={})
        assert steps(end, sandbox(), exited(), memory=memory) == (StopSandbox("s0"),)
        memory.stopped.add("s0")
        assert steps(end, sandbox(), exited(), memory=memory) == (Unmount(),)
        memory.unmounted = True
        assert steps(end, sandbox(), exited(), memory=memory, reported=False) == ()
        assert steps(end, sandbox(), exited(), memory=memory) == (RemoveContainer("c0-0"),)
        assert steps(end, sandbox(), memory=memory) == (RemoveSandbox("s0"),)
        assert steps(end, memory=memory) == (ConfirmDeletion(),)
        assert decide(situation(end, memory=memory, gone=True)).over

    def test_a_finished_pod_keeps_its_containers(self):
        over = pod(restartPolicy="Never")
        over["status"] = {"phase": "Succeeded"}
        memory = Memory(unmounted=True, stopped={"s0"})
        assert steps(over, sandbox(state=SandboxState.NOT_READY), exited(), memory=memory) == ()

    @pytest.mark.parametrize(
        ("probe", "message"),
        [
            ("liveness", "Container c0 failed liveness probe, will be restarted"),
            ("startup", "Container c0 failed startup probe, will be restarted"),
        ],
    )
    def test_a_failed_probe_is_a_reason(self, probe, message):
        memory = Memory(mounts={}, verdicts={"c0-0": Verdict(failed=probe)})
        (step,) = steps(pod(), sandbox(), container(), memory=memory)
        assert (step.message, step.reason, step.grace) == (message, probe, 30)


names = st.sampled_from(["c0", "c1", "i0", "s0"])
containers = st.builds(
    lambda name, state, count, code, box: container(
        name, state, count, exit_code=code, sandbox_id=box
    ),
    names,
    st.sampled_from(ContainerState),
    st.integers(0, 3),
    st.integers(0, 2),
    st.sampled_from(["s0", "s1"]),
)
sandboxes = st.builds(sandbox, st.integers(0, 1), st.sampled_from(SandboxState))
pods = st.builds(
    lambda policy, meta, overdue: pod(
        {},
        {},
        meta=meta,
        restartPolicy=policy,
        initContainers=[
            {"name": "i0", "image": "box"},
            {"name": "s0", "image": "box", "restartPolicy": "Always"},
        ],
        **({"activeDeadlineSeconds": 0} if overdue else {}),
    ),
    st.sampled_from(["Always", "OnFailure", "Never"]),
    st.sampled_from([{}, DELETED]),
    st.booleans(),
)
situations = st.builds(
    lambda of, boxes, inside, gone, killing: situation(
        of,
        *{b.id: b for b in boxes}.values(),
        *{c.id: c for c in inside}.values(),
        gone=gone,
        memory=Memory(mounts={}, killing={c.id: Kill(NOW, 30) for c in inside} if killing else {}),
    ),
    pods,
    st.lists(sandboxes, max_size=2),
    st.lists(containers, max_size=5),
    st.booleans(),
    st.booleans(),
)


class TestSafety:
    """Whatever the situation is, however it came about."""

    @given(situations)
    def test_nothing_starts_while_one_of_its_name_may_run(self, s):
        for step in decide(s).steps:
            if isinstance(step, Start):
                newest, *older = s.observed.history(step.name) or [None]
                assert newest is None or newest.state is ContainerState.EXITED
                harmless = (ContainerState.EXITED, ContainerState.CREATED)
                assert all(c.state in harmless for c in older)

    @given(situations)
    def test_nothing_is_made_for_a_pod_that_is_to_go(self, s):
        if s.is_leaving or s.is_overdue:
            assert not any(isinstance(p, Start | MakeSandbox | Mount) for p in decide(s).steps)

    @given(situations)
    def test_no_sandbox_goes_and_none_comes_while_something_runs(self, s):
        if s.observed.alive:
            wrong = (StopSandbox, RemoveSandbox, MakeSandbox, Unmount, ConfirmDeletion)
            current = s.observed.sandbox
            for step in decide(s).steps:
                empty_old = isinstance(step, RemoveSandbox) and step.sandbox_id != (
                    current and current.id
                )
                assert empty_old or not isinstance(step, wrong)

    @given(situations)
    def test_only_the_dead_are_removed(self, s):
        alive = {c.id for c in s.observed.alive}
        for step in decide(s).steps:
            if isinstance(step, RemoveContainer):
                assert step.container_id not in alive

    @given(situations)
    def test_the_api_is_told_only_when_nothing_is_left(self, s):
        if ConfirmDeletion() in decide(s).steps:
            assert not s.observed.containers
            assert not s.observed.sandboxes

    @given(situations)
    def test_there_is_always_something_to_do_to_wait_for_or_all_is_well(self, s):
        """Nobody is forgotten: without a step and a time, the pod runs or has been dealt with."""
        decision = decide(s)
        if not decision.steps and decision.wake is None and not decision.over:
            settled = decision.winding_down or any(
                c.state is ContainerState.RUNNING for c in s.observed.containers
            )
            assert settled
