"""What a container finds mounted: its volumes, ``/etc/hosts``, its termination message.

Source: makeMounts in ``pkg/kubelet/kubelet_pods.go``; the termination log is in
generateContainerConfig's makeMounts of ``kuberuntime_container.go``.
"""

from collections.abc import Mapping
from pathlib import Path

from onggi.api.objects import View
from onggi.kinds.core.pod.predicates import is_host_network
from onggi.node.configs import Mount, Propagation
from onggi.node.expansion import replace
from onggi.node.hosts import hosts_file, hosts_file_of_node
from onggi.node.layout import Layout
from onggi.node.mounting import holding, share
from onggi.node.parts import ConfigError, ContainerRequest, VolumeMounted
from onggi.node.translate_dns import host_and_domain
from onggi.node.volumes.subpath import BadSubPath, place, prepare

HOSTS = "/etc/hosts"
PROPAGATION = {
    "None": Propagation.PRIVATE,
    "HostToContainer": Propagation.HOST_TO_CONTAINER,
    "Bidirectional": Propagation.BIDIRECTIONAL,
}


def container_mounts(
    pod: View, request: ContainerRequest, known: Mapping[str, str], layout: Layout, domain: str
) -> list[Mount]:
    """Makes the files and sub paths that are missing. Blocking. Raises ConfigError."""
    if request.container.get("volumeDevices"):
        raise ConfigError("volumeDevices (raw block volumes) are not supported by this node")
    found = [
        volume_mount(pod, request, index, known, layout)
        for index in range(len(request.container.get("volumeMounts") or ()))
    ]
    taken = {mount.container_path for mount in found}
    if HOSTS not in taken and (request.pod_ips or is_host_network(pod)):
        found.append(hosts_mount(pod, request, layout, domain))
    if path := request.container.get("terminationMessagePath"):
        found.append(termination_mount(pod, request, layout, path))
    return found


def volume_mount(
    pod: View, request: ContainerRequest, index: int, known: Mapping[str, str], layout: Layout
) -> Mount:
    container, wanted = request.container, request.container["volumeMounts"][index]
    volume = request.mounts.get(wanted["name"])
    if volume is None or volume.block:
        raise ConfigError(
            f'cannot find volume "{wanted["name"]}" to mount into container "{container["name"]}"'
        )
    host_path = Path(volume.host_path)
    if part := sub_path(wanted, known):
        target = place(layout.pod(pod["metadata"]["uid"]), wanted["name"], container["name"], index)
        host_path = safe_part(
            volume,
            part,
            target,
            f'volumeMount "{wanted["name"]}" of container "{container["name"]}"',
        )
    propagation = PROPAGATION[wanted.get("mountPropagation") or "None"]
    if propagation is not Propagation.PRIVATE:
        make_propagating(host_path, layout)
    return Mount(
        container_path=absolute(wanted["mountPath"]),
        host_path=str(host_path),
        readonly=bool(wanted.get("readOnly")) or volume.readonly,
        recursive_read_only=wants_recursive(wanted),
        propagation=propagation,
    )


def sub_path(wanted: View, known: Mapping[str, str]) -> str:
    """``subPathExpr`` knows only variables that exist."""

    def value(name: str) -> str:
        if name not in known:
            raise ConfigError(f'missing value for "{name}"')
        return known[name]

    return (
        replace(wanted["subPathExpr"], value)
        if wanted.get("subPathExpr")
        else wanted.get("subPath") or ""
    )


def safe_part(volume: VolumeMounted, part: str, target: Path, what: str) -> Path:
    try:
        prepare(Path(volume.host_path), part, target)
    except BadSubPath as error:
        raise ConfigError(f"failed to prepare subPath for {what}: {error}") from error
    return target


def make_propagating(path: Path, layout: Layout) -> None:
    """A mount only propagates from where the host's side is shared."""
    on = holding(path)
    if on.shared:
        return
    if layout.pods not in path.parents:
        raise ConfigError(f'path "{path}" is mounted on "{on.path}" but it is not a shared mount')
    share(path)


def wants_recursive(wanted: View) -> bool:
    """No runtime of ours can do it yet, so it is refused where it is required."""
    if wanted.get("recursiveReadOnly") == "Enabled":
        raise ConfigError(
            "failed to resolve recursive read-only mode: not supported by the runtime"
        )
    return False


def absolute(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"


def hosts_mount(pod: View, request: ContainerRequest, layout: Layout, domain: str) -> Mount:
    file = layout.hosts_file(pod["metadata"]["uid"])
    if is_host_network(pod):
        text = hosts_file_of_node(pod, Path(HOSTS).read_text())
    else:
        text = hosts_file(pod, request.pod_ips, *host_and_domain(pod, domain))
    write_shared(file, text)
    return Mount(container_path=HOSTS, host_path=str(file), selinux_relabel=True)


def write_shared(file: Path, text: str) -> None:
    """In place: containers of the pod have this very file mounted."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o644)


def termination_mount(pod: View, request: ContainerRequest, layout: Layout, path: str) -> Mount:
    """Writable by whoever the container runs as. The last attempt's is kept for its status."""
    name = request.container["name"]
    file = layout.termination_log(pod["metadata"]["uid"], name, request.restart_count)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"")
    file.chmod(0o666)
    return Mount(container_path=path, host_path=str(file), selinux_relabel=True)
