import json
import os
import subprocess
from pathlib import Path

import pytest

from onggi.node import cni
from onggi.node.layout import Layout

NETWORK = cni.Network(subnet="10.215.3.0/24")


def test_the_network_is_a_bridge_without_masquerade_or_port_mappings() -> None:
    layout = Layout(data=Path("/data"), run=Path("/run/o"), instance="onggi-ab")
    made = json.loads(cni.conflist(layout, NETWORK))
    assert made["name"] == "onggi-ab"
    (bridge,) = made["plugins"]
    assert (bridge["bridge"], bridge["ipMasq"], bridge["hairpinMode"]) == ("onggi-ab0", False, True)
    assert bridge["ipam"]["ranges"] == [[{"subnet": "10.215.3.0/24", "gateway": "10.215.3.1"}]]
    assert bridge["ipam"]["dataDir"] == "/run/o/ipam"


def test_addresses_of_sandboxes_that_are_gone_are_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cni, "RESULTS", tmp_path / "results")
    layout = Layout(data=tmp_path, run=tmp_path)
    leases = layout.ipam / "onggi"
    leases.mkdir(parents=True)
    (tmp_path / "results").mkdir()
    for address, sandbox in (("10.0.0.2", "live"), ("10.0.0.3", "dead")):
        (leases / address).write_text(f"{sandbox}\r\neth0")
        (tmp_path / "results" / f"onggi-{sandbox}-eth0").write_text("{}")
        (tmp_path / "results" / f"cni-loopback-{sandbox}-lo").write_text("{}")
    (leases / "last_reserved_ip.0").write_text("10.0.0.3")
    (tmp_path / "results" / "other-dead-eth0").write_text("{}")
    (tmp_path / "results" / "onggi-12ab-living-eth0").write_text("{}")
    assert cni.release_stale(layout, {"live"}) == ["10.0.0.3"]
    assert {p.name for p in leases.iterdir()} == {"10.0.0.2", "last_reserved_ip.0"}
    assert {p.name for p in (tmp_path / "results").iterdir()} == {
        "onggi-live-eth0",
        "cni-loopback-live-lo",
        "other-dead-eth0",
        "onggi-12ab-living-eth0",
    }


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_the_bridge_has_its_address_from_the_start_and_can_be_removed(tmp_path: Path) -> None:
    layout = Layout(data=tmp_path, run=tmp_path, instance="onggi-t3")
    try:
        for _ in range(2):
            cni.prepare(layout, NETWORK)
        shown = subprocess.run(
            ["ip", "-o", "-4", "addr", "show", "dev", "onggi-t30"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert shown.count("inet ") == 1
        assert "10.215.3.1/24" in shown
    finally:
        cni.remove_bridge(layout.bridge)
        cni.remove_bridge(layout.bridge)
    assert not Path("/sys/class/net/onggi-t30").exists()
