"""A pod as configurations for the runtime. Pure.

Sources: generatePodSandboxConfig (``kuberuntime_sandbox.go``), generateContainerConfig
(``kuberuntime_container.go``). The life cycle adds the ``io.kubernetes.*`` labels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onggi.api.objects import View, get
from onggi.kinds.core.pod.predicates import is_host_network
from onggi.node.cgroups import Hierarchies, pod_cgroup
from onggi.node.configs import ContainerConfig, Mount, Resources, SandboxConfig
from onggi.node.expansion import expand
from onggi.node.layout import Layout, container_log
from onggi.node.parts import ConfigError, ContainerRequest
from onggi.node.runtime import ImageUser
from onggi.node.security import Confinement, container_security, sandbox_security, sysctls
from onggi.node.translate_dns import Resolvers, dns, node_name_of_pod
from onggi.node.translate_resources import (
    Machine,
    amounts,
    container_resources,
    figures,
    pod_resources,
    qos,
)


@dataclass(frozen=True, kw_only=True)
class Node:
    """What a translation has to know of the machine. Changes only at a restart of Onggi."""

    layout: Layout
    machine: Machine
    resolvers: Resolvers
    confinement: Confinement
    hierarchies: Hierarchies


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What had to be looked up or made for one container before it can be translated."""

    environment: Mapping[str, str]
    mounts: Sequence[Mount]
    user: ImageUser


def refuse_unsupported(pod: View) -> None:
    """What this node cannot do is said, never left out in silence."""
    spec = pod["spec"]
    if name := spec.get("runtimeClassName"):
        raise ConfigError(f'failed to get sandbox runtime: runtimeclasses "{name}" not found')
    if spec.get("hostUsers") is False:
        raise ConfigError("user namespaces (hostUsers: false) are not supported by this node")
    if spec.get("resourceClaims"):
        raise ConfigError("resourceClaims are not supported by this node")


def sandbox_config(pod: View, attempt: int, node: Node) -> SandboxConfig:
    """The same answer for the same pod and attempt. Raises ConfigError."""
    refuse_unsupported(pod)
    meta = pod["metadata"]
    own_network = not is_host_network(pod)
    overhead = amounts(get(pod, "spec.overhead"))
    return SandboxConfig(
        name=meta["name"],
        namespace=meta["namespace"],
        uid=meta["uid"],
        attempt=attempt,
        hostname=node_name_of_pod(pod, node.resolvers.domain) if own_network else "",
        log_directory=str(node.layout.pod_logs(pod)),
        dns=dns(pod, node.resolvers)[0],
        labels=meta.get("labels") or {},
        annotations=meta.get("annotations") or {},
        cgroup_parent=pod_cgroup(node.layout.cgroup, qos(pod), meta["uid"]),
        sysctls=sysctls(pod),
        security=sandbox_security(pod),
        overhead=figures(overhead, overhead) if overhead else Resources(),
        resources=pod_resources(pod),
    )


def container_config(
    pod: View, request: ContainerRequest, node: Node, prepared: Prepared
) -> ContainerConfig:
    """Raises ConfigError."""
    container = request.container
    known = prepared.environment
    return ContainerConfig(
        name=container["name"],
        attempt=request.restart_count,
        image=request.image_ref,
        user_specified_image=container.get("image", ""),
        command=tuple(expand(word, known) for word in container.get("command") or ()),
        args=tuple(expand(word, known) for word in container.get("args") or ()),
        working_dir=container.get("workingDir") or "",
        envs=tuple(known.items()),
        mounts=tuple(prepared.mounts),
        log_path=container_log(container["name"], request.restart_count),
        stdin=bool(container.get("stdin")),
        stdin_once=bool(container.get("stdinOnce")),
        tty=bool(container.get("tty")),
        resources=container_resources(pod, container, node.machine),
        security=container_security(
            pod, container, prepared.user, node.confinement, request.target_id
        ),
        stop_signal=get(container, "lifecycle.stopSignal") or "",
    )
