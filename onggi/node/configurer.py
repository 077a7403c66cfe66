"""Looks up and makes what a pod's configurations need, and has them translated."""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from onggi.api.errors import NotFound, StatusError
from onggi.api.objects import View
from onggi.client.cluster import Cluster
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.secret import SECRET
from onggi.node.cgroups import PodCgroups
from onggi.node.configs import ContainerConfig, SandboxConfig
from onggi.node.downward import Surroundings
from onggi.node.environment import Reference, Sources, environment, references
from onggi.node.mounts import container_mounts
from onggi.node.parts import ConfigError, ContainerRequest, Recorder
from onggi.node.runtime import ContainerRuntime, ImageUser
from onggi.node.translate import Node, Prepared, container_config, sandbox_config
from onggi.node.translate_dns import dns

KINDS = {"configmap": CONFIGMAP, "secret": SECRET}


@dataclass(frozen=True, kw_only=True)
class PodConfigurer:
    """Fulfils ``parts.Configurer``.

    ``services`` answers every Service that the node knows, ``around`` what only it knows of
    itself (addresses, allocatable).
    """

    node: Node
    cluster: Cluster
    runtime: ContainerRuntime
    cgroups: PodCgroups
    services: Callable[[], Sequence[View]]
    around: Callable[[], Surroundings]
    recorder: Recorder

    async def sandbox_config(self, pod: View, attempt: int) -> SandboxConfig:
        """Also makes the log directory and the cgroup. Raises ConfigError."""
        config = sandbox_config(pod, attempt, self.node)
        try:
            await asyncio.to_thread(os.makedirs, config.log_directory, 0o755, exist_ok=True)
            await self.cgroups.ensure(pod)
        except OSError as error:
            raise ConfigError(str(error)) from error
        for left_out in dns(pod, self.node.resolvers)[1]:
            self.recorder.event(pod, "Warning", "DNSConfigForming", left_out)
        return config

    async def container_config(self, pod: View, request: ContainerRequest) -> ContainerConfig:
        known = await self._environment(pod, request)
        layout, domain = self.node.layout, self.node.resolvers.domain
        try:
            mounts = await asyncio.to_thread(container_mounts, pod, request, known, layout, domain)
        except OSError as error:
            raise ConfigError(str(error)) from error
        user = await self._image_user(request.image_ref)
        prepared = Prepared(environment=known, mounts=mounts, user=user)
        return container_config(pod, request, self.node, prepared)

    async def _environment(self, pod: View, request: ContainerRequest) -> dict[str, str]:
        namespace = pod["metadata"]["namespace"]
        wanted = dict.fromkeys(references(request.container))
        found = {ref: await self._object(ref, namespace) for ref in wanted}
        around = replace(self.around(), pod_ips=request.pod_ips)
        sources = Sources(objects=found, services=self.services(), around=around)
        return environment(pod, request.container, sources)

    async def _object(self, reference: Reference, namespace: str) -> View | None:
        kind, name = reference
        try:
            return await self.cluster.get(KINDS[kind], namespace, name)
        except NotFound:
            return None
        except StatusError as error:
            raise ConfigError(str(error)) from error

    async def _image_user(self, reference: str) -> ImageUser:
        image = await self.runtime.image(reference)
        return image.user if image else ImageUser()
