from pathlib import Path

from onggi.node import machine
from onggi.node.layout import Layout


def test_a_machine_says_what_translations_need() -> None:
    found = machine.node(Layout(data=Path("/d"), run=Path("/r")), ("10.96.0.10",), "cluster.local")
    assert found.machine.memory > 1 << 20
    assert found.resolvers.cluster == ("10.96.0.10",)
    assert found.confinement.seccomp_root == Path("/d/seccomp")


def test_a_stub_resolver_is_no_use_to_a_pod() -> None:
    assert machine.is_stub(["127.0.0.53"])
    assert not machine.is_stub(["127.0.0.53", "192.0.2.1"])
