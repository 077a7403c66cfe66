"""What a node adds to the start: before the API server the ground, after it everything else."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from onggi.images.errors import ImageError
from onggi.images.pause import NAME as PAUSE
from onggi.node.containerd import NoContainerd
from onggi.node.ground import Ground, ground
from onggi.node.shutdown import stop_all
from onggi.proxy.host import HostError
from onggi.up import node as parts
from onggi.up.control_plane import ControlPlane
from onggi.up.images import ensure_pause
from onggi.up.loops import Loops
from onggi.up.node import Node, Traffic

if TYPE_CHECKING:
    from onggi.up.run import Platform


class NodeStart:
    """``before`` and ``after`` the control plane starts."""

    reads = parts.READS

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform
        self._config = platform.config
        self._ground: Ground

    async def before(self) -> None:
        """The bridge, whose address the API server listens on, and containerd."""
        from onggi.up.run import CannotStart

        config, step = self._config, self._platform.step
        for folder in (config.run, config.log):
            folder.mkdir(parents=True, exist_ok=True, mode=0o711)
        try:
            with step("host"):
                await asyncio.to_thread(parts.prepare_host)
            with step("containerd"):
                where = ground(parts.layout(config), parts.network(config))
                self._ground = await self._platform.enter(where)
            if await self._ground.runtime.image(PAUSE) is None:
                with step("pause image"):
                    await asyncio.to_thread(ensure_pause, config)
        except (HostError, NoContainerd, ImageError) as error:
            raise CannotStart(str(error)) from error
        self._children("containerd", self._ground.containerd.program.record)

    async def after(self, plane: ControlPlane, loops: Loops) -> None:
        platform, step = self._platform, self._platform.step
        with step("services and DNS"):
            traffic = Traffic.of(self._config, loops)
            platform.at_the_end(lambda: self._without_services(traffic))
            await platform.keep(traffic.run())
            await traffic.ready()
        with step("node"):
            node = Node(plane, loops, self._ground)
            platform.at_the_end(self._without_pods)
            await platform.keep(node.run())
            await node.ready()
        if self._config.http_port or self._config.https_port:
            with step("ingress"):
                ingress = parts.ingress(plane, loops)
                await platform.keep(ingress.run())
                await ingress.ready.wait()
            self._children("envoy", self._config.run / "envoy.json")

    def _children(self, name: str, record: Path) -> None:
        self._platform.children[name] = str(record)

    async def _without_pods(self) -> None:
        """The agent has ended: nobody starts again what is stopped here."""
        if self._platform.stop_pods:
            await stop_all(self._ground.runtime)

    async def _without_services(self, traffic: Traffic) -> None:
        if self._platform.stop_pods:
            await traffic.proxy.remove()
