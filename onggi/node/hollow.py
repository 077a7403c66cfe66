"""A node with nothing behind it: the whole agent over a runtime in memory, without any I/O.

For a thousand nodes in one process, to load the control plane with; and for tests, which make
its parts fail on purpose.
"""

from dataclasses import dataclass, field

from onggi.api.objects import View, get
from onggi.client.cluster import Cluster
from onggi.node.checks import Checker, Outcome, Subject
from onggi.node.clock import Clock
from onggi.node.configs import (
    ContainerConfig,
    Namespace,
    Namespaces,
    SandboxConfig,
    SandboxSecurity,
)
from onggi.node.fake import FakeRuntime
from onggi.node.means import Means
from onggi.node.parts import ContainerRequest, Mounts, Recorder
from onggi.node.runtime import ContainerRuntime


@dataclass
class HollowVolumes:
    """Fulfils ``parts.Volumes``. Each failure in ``failures`` is raised once."""

    failures: list[Exception] = field(default_factory=list)
    mounted: set[str] = field(default_factory=set)

    async def mount(self, pod: View) -> Mounts:
        if self.failures:
            raise self.failures.pop(0)
        self.mounted.add(pod["metadata"]["uid"])
        return {}

    async def unmount(self, pod_uid: str) -> None:
        self.mounted.discard(pod_uid)

    async def known(self) -> frozenset[str]:
        return frozenset(self.mounted)


@dataclass
class HollowImages:
    """Fulfils ``parts.Images``: every image is there at once."""

    runtime: FakeRuntime
    recorder: Recorder
    failures: list[Exception] = field(default_factory=list)

    async def ensure(self, pod: View, container: View) -> str:
        if self.failures:
            raise self.failures.pop(0)
        name = container.get("image", "")
        self.runtime.add_image(name)
        return str(name)


@dataclass
class HollowConfigurer:
    """Fulfils ``parts.Configurer`` with what the fake runtime looks at."""

    failures: list[Exception] = field(default_factory=list)

    async def sandbox_config(self, pod: View, attempt: int) -> SandboxConfig:
        meta = pod["metadata"]
        network = Namespace.NODE if get(pod, "spec.hostNetwork") else Namespace.POD
        return SandboxConfig(
            name=meta["name"],
            namespace=meta["namespace"],
            uid=meta["uid"],
            attempt=attempt,
            security=SandboxSecurity(namespaces=Namespaces(network=network)),
        )

    async def container_config(self, pod: View, request: ContainerRequest) -> ContainerConfig:
        if self.failures:
            raise self.failures.pop(0)
        spec = request.container
        return ContainerConfig(
            name=spec["name"],
            attempt=request.restart_count,
            image=request.image_ref,
            command=tuple(spec.get("command") or ()),
            args=tuple(spec.get("args") or ()),
        )


class HollowCgroups:
    async def remove(self, pod_uid: str) -> None:
        return


class BlindChecker(Checker):
    """For nodes whose pods have no address that anyone could reach: network probes pass."""

    def __init__(self, runtime: ContainerRuntime) -> None:
        super().__init__(runtime)
        self.answers |= dict.fromkeys(("httpGet", "tcpSocket", "grpc"), passed)


async def passed(checker: Checker, subject: Subject, action: View, timeout: float) -> Outcome:
    return Outcome(True)


def hollow_means(
    cluster: Cluster, runtime: FakeRuntime, recorder: Recorder, clock: Clock, address: str
) -> Means:
    return Means(
        cluster=cluster,
        runtime=runtime,
        volumes=HollowVolumes(),
        images=HollowImages(runtime, recorder),
        configurer=HollowConfigurer(),
        cgroups=HollowCgroups(),
        recorder=recorder,
        clock=clock,
        checker=BlindChecker(runtime),
        host_ips=lambda: (address,),
    )
