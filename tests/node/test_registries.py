import tomllib
from pathlib import Path

import pytest

from onggi.node.layout import Layout
from onggi.node.registries import BadRegistry, Mirror, Registry, hosts_toml, write

MIRROR = Mirror(url="http://mirror.corp:5000", username="u", password='p"', ca="/ca.pem")


def test_a_mirror_comes_before_the_registry_itself() -> None:
    made = tomllib.loads(hosts_toml(Registry(host="docker.io", mirrors=(MIRROR,))))
    assert made == {
        "server": "https://registry-1.docker.io",
        "host": {
            "http://mirror.corp:5000": {
                "capabilities": ["pull", "resolve"],
                "ca": "/ca.pem",
                "header": {"authorization": ["Basic dTpwIg=="]},
            }
        },
    }


def test_a_default_has_no_registry_of_its_own() -> None:
    made = tomllib.loads(
        hosts_toml(Registry(host="_default", mirrors=(Mirror(url="https://m", insecure=True),)))
    )
    assert "server" not in made
    assert made["host"]["https://m"]["skip_verify"] is True


def test_the_file_is_for_root_alone(tmp_path: Path) -> None:
    layout = Layout(data=tmp_path, run=tmp_path)
    file = write(layout, Registry(host="reg.example.com:5000", mirrors=(MIRROR,)))
    assert file == tmp_path / "certs.d" / "reg.example.com:5000" / "hosts.toml"
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("host", ["", "a/b", "..", "a b", "a\n"])
def test_what_is_no_host_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(BadRegistry):
        write(Layout(data=tmp_path, run=tmp_path), Registry(host=host))


def test_what_is_no_address_is_refused(tmp_path: Path) -> None:
    bad = Registry(host="docker.io", mirrors=(Mirror(url="ftp://x"),))
    with pytest.raises(BadRegistry):
        write(Layout(data=tmp_path, run=tmp_path), bad)
