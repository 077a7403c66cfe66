from pathlib import Path

from onggi.platform.mesh.envoy import EnvoyConfig, bootstrap, is_ready, program

CONFIG = EnvoyConfig(run=Path("/run/x"), log=Path("/log/envoy.log"), node="n")


def test_the_sockets_are_in_the_instances_folder_and_the_admin_is_closed_to_others():
    made = bootstrap(CONFIG, connections=10)
    admin = made["admin"]["address"]["pipe"]
    assert admin == {"path": "/run/x/envoy.sock", "mode": 0o600}
    assert "/run/x/xds.sock" in str(made["static_resources"])


def test_another_bootstrap_is_another_version(tmp_path):
    one = EnvoyConfig(run=tmp_path, log=tmp_path / "log", node="one")
    two = EnvoyConfig(run=tmp_path, log=tmp_path / "log", node="two")
    assert program(one).version == program(one).version != program(two).version


async def test_nobody_there_is_not_ready(tmp_path):
    assert not await is_ready(tmp_path / "none.sock")
