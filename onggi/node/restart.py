"""Which containers a pod has, and whether an ended one starts again. Pure.

Source: ``ContainerShouldRestart`` and its kin in ``pkg/api/v1/pod/util.go``.
"""

from onggi.api.objects import View, get
from onggi.kinds.core.pod.predicates import is_sidecar
from onggi.node.runtime import Container, ContainerState


def spec_list(pod: View, field: str) -> list[View]:
    return list((pod.get("spec") or {}).get(field) or ())


def init_containers(pod: View) -> list[View]:
    return spec_list(pod, "initContainers")


def main_containers(pod: View) -> list[View]:
    return spec_list(pod, "containers")


def ephemeral_containers(pod: View) -> list[View]:
    return spec_list(pod, "ephemeralContainers")


def sidecars(pod: View) -> list[View]:
    return [c for c in init_containers(pod) if is_sidecar(c)]


def pod_policy(pod: View) -> str:
    return str(get(pod, "spec.restartPolicy") or "Always")


def policy_restarts(policy: str, exit_code: int) -> bool:
    return policy == "Always" or (policy == "OnFailure" and exit_code != 0)


def restarts_after(pod: View, spec: View, exit_code: int) -> bool:
    """The container's own rules, then its own policy, then the pod's."""
    own = spec.get("restartPolicy")
    if not own:
        return policy_restarts(pod_policy(pod), exit_code)
    rules = spec.get("restartPolicyRules") or ()
    if any(rule.get("action") == "Restart" and matches(rule, exit_code) for rule in rules):
        return True
    return policy_restarts(own, exit_code)


def matches(rule: View, exit_code: int) -> bool:
    codes = rule.get("exitCodes") or {}
    listed = exit_code in (codes.get("values") or ())
    return listed if codes.get("operator") == "In" else not listed


def may_start(pod: View, spec: View, newest: Container | None) -> bool:
    """Upstream's ShouldContainerBeRestarted, for a pod that is not being deleted."""
    if newest is None or newest.state in (ContainerState.CREATED, ContainerState.UNKNOWN):
        return True
    if newest.state is ContainerState.RUNNING:
        return False
    return restarts_after(pod, spec, newest.exit_code)


def can_restart(pod: View, spec: View) -> bool:
    """Would a failure bring it back? What a kill's message promises."""
    return restarts_after(pod, spec, 1)
