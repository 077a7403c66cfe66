"""Whether a pod needs another sandbox, and what happens before it gets one. Pure.

Source: PodSandboxChanged (``pkg/kubelet/kuberuntime/util/util.go``), computePodActions.
"""

from onggi.api.objects import View, get
from onggi.node.ending import wind_down
from onggi.node.observed import Observed, succeeded
from onggi.node.orders import changed_sandbox, kill_wanted
from onggi.node.restart import main_containers, pod_policy
from onggi.node.runtime import SandboxState
from onggi.node.situation import Decision, MakeSandbox, Say, Situation, StopSandbox


def sandbox_needed(pod: View, observed: Observed) -> tuple[bool, int]:
    """Is another one to be made, and as which attempt? (PodSandboxChanged)"""
    sandbox = observed.sandbox
    if sandbox is None:
        return True, 0
    host = bool(get(pod, "spec.hostNetwork"))
    fine = (
        sandbox.state is SandboxState.READY
        and sandbox.host_network == host
        and (host or sandbox.ips)
        and not any(s.state is SandboxState.READY for s in observed.sandboxes[1:])
    )
    return not fine, sandbox.attempt if fine else sandbox.attempt + 1


def renew_sandbox(s: Situation, attempt: int) -> Decision:
    """First everything in the old one ends; then, if anything is still to run, a new one."""
    if not worth_another(s, attempt):
        return wind_down(s)
    if s.observed.alive or "start" in s.busy:
        return kill_wanted(s, {c.id: changed_sandbox(s, c) for c in s.observed.alive})
    stops = [StopSandbox(b.id) for b in s.observed.sandboxes if b.id not in s.memory.stopped]
    if stops:
        said = Say("SandboxChanged", "Pod sandbox changed, it will be killed and re-created.")
        fresh = any(stop.key not in s.busy for stop in stops)
        return Decision((*((said,) if fresh else ()), *stops))
    if s.memory.mounts is None:
        return Decision()
    held = s.held_until("sandbox")
    return Decision(() if held else (MakeSandbox(attempt),), held)


def worth_another(s: Situation, attempt: int) -> bool:
    """A pod that has done all it had to do gets no sandbox just to be wound down."""
    pod, observed = s.pod, s.observed
    if pod_policy(pod) == "Never" and attempt and observed.containers:
        return False
    created = any(observed.newest(c["name"]) for c in main_containers(pod))
    return not created or any(is_to_run(s, c) for c in main_containers(pod))


def is_to_run(s: Situation, spec: View) -> bool:
    """In a new sandbox. Only success under OnFailure survives the old one."""
    return not (pod_policy(s.pod) == "OnFailure" and succeeded(s.observed.newest(spec["name"])))
