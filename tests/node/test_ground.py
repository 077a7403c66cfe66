from pathlib import Path

import pytest

from onggi.node import leftovers
from onggi.node.ground import ground
from tests.node.real_containerd import is_possible
from tests.node.real_node import layout_in, network_of


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
