from pathlib import Path

import pytest

from onggi.node import leftovers
from onggi.node.configs import ContainerConfig, SandboxConfig
from onggi.node.fake import FakeRuntime
from onggi.node.ground import ground, stop_pods
from onggi.node.identity import POD_GRACE
from tests.node.real_containerd import is_possible
from tests.node.real_node import layout_in, network_of


async def test_stopping_the_pods_leaves_none() -> None:
    runtime = FakeRuntime()
    runtime.add_image("box")
    config = SandboxConfig(name="web", namespace="shop", uid="u")
    sandbox = await runtime.run_sandbox(config)
    wanted = ContainerConfig(name="main", image="box", annotations={POD_GRACE: "0"})
    container = await runtime.create_container(sandbox, wanted, config)
    await runtime.start_container(container)
    await stop_pods(runtime)
    assert list(await runtime.sandboxes()) == []
    assert runtime.count_calls("stop_container") == 1
    await stop_pods(runtime)


@pytest.mark.containers
@pytest.mark.skipif(not is_possible(), reason="needs root, containerd and runc")
async def test_addresses_of_pods_that_are_gone_are_free_at_the_start(tmp_path: Path) -> None:
    layout = layout_in(tmp_path)
    layout.data.mkdir()
    lease = layout.ipam / layout.instance / "10.0.0.9"
    lease.parent.mkdir(parents=True)
    lease.write_text("gone\r\neth0")
    try:
        async with ground(layout, network_of(layout)) as ready:
            assert not lease.exists()
            assert (await ready.runtime.status()).name == "containerd"
    finally:
        await leftovers.clean(layout)
