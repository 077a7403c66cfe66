"""Where one instance of Onggi keeps what belongs to its node. Pure.

Everything lies below two directories and carries the instance's name where the kernel has
only one namespace (bridge, cgroup, CNI network), so that it can be recognised and removed.
Names that come from users become path components only through ``component``.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from onggi.api.objects import View


@dataclass(frozen=True, kw_only=True)
class Layout:
    """``data`` survives a reboot, ``run`` need not. ``instance`` has at most 14 characters."""

    data: Path
    run: Path
    instance: str = "onggi"

    @property
    def pods(self) -> Path:
        return self.data / "pods"

    @property
    def logs(self) -> Path:
        """Container logs: ``NAMESPACE_NAME_UID/CONTAINER/N.log``."""
        return self.data / "logs" / "pods"

    @property
    def socket(self) -> Path:
        return self.run / "containerd.sock"

    @property
    def containerd_config(self) -> Path:
        return self.run / "containerd.toml"

    @property
    def containerd_root(self) -> Path:
        return self.data / "containerd"

    @property
    def containerd_state(self) -> Path:
        return self.run / "containerd"

    @property
    def runc_root(self) -> Path:
        return self.run / "runc"

    @property
    def registries(self) -> Path:
        """``HOST/hosts.toml``: mirrors and certificates of registries."""
        return self.data / "certs.d"

    @property
    def cni_config(self) -> Path:
        return self.run / "cni"

    @property
    def ipam(self) -> Path:
        """Leases of pod addresses. Lost at a reboot, as the pods are."""
        return self.run / "ipam"

    @property
    def seccomp(self) -> Path:
        """Profiles that pods name as ``Localhost``."""
        return self.data / "seccomp"

    @property
    def bridge(self) -> str:
        return f"{self.instance}0"

    @property
    def cgroup(self) -> str:
        return f"/{self.instance}"

    def pod(self, uid: str) -> Path:
        return self.pods / component(uid)

    def volume(self, uid: str, plugin: str, name: str) -> Path:
        """``plugin`` is upstream's name, ``kubernetes.io/empty-dir``."""
        return self.pod(uid) / "volumes" / plugin.replace("/", "~") / component(name)

    def hosts_file(self, uid: str) -> Path:
        return self.pod(uid) / "etc-hosts"

    def termination_log(self, uid: str, container: str, attempt: int) -> Path:
        return self.pod(uid) / "containers" / component(container) / f"{attempt}.termination"

    def pod_logs(self, pod: View) -> Path:
        meta = pod["metadata"]
        parts = (meta["namespace"], meta["name"], meta["uid"])
        return self.logs / "_".join(component(part) for part in parts)


def container_log(container: str, attempt: int) -> str:
    """The log of one attempt, relative to the pod's log directory."""
    return f"{component(container)}/{attempt}.log"


def component(name: str) -> str:
    """A name that is safe as one part of a path. Raises ValueError otherwise."""
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?", name):
        raise ValueError(f"{name!r} cannot be part of a path")
    return name
