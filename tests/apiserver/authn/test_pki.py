"""Certificates are made once, kept, renewed in time, and trusted by TLS itself."""

import ssl
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.http import User
from onggi.apiserver.authn.pki import CA, LIFE, Facts, Pki, Wanted, serving_hosts, standard
from onggi.apiserver.authn.users import user_of_certificate

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SOON = datetime.now(UTC)  # noqa: TID251  OpenSSL looks at the real clock


def made(directory: Path, now: datetime = SOON) -> Pki:
    pki = Pki(directory, standard(serving_hosts("10.96.0.1"), ["here"]))
    pki.renew(now)
    return pki


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, host: str) -> ssl.SSLObject:
    """Both ends in memory; returns the server's."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    near = client.wrap_bio(down, up, server_hostname=host)
    far = server.wrap_bio(up, down, server_side=True)
    for _ in range(4):
        for end in (near, far):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return far


def test_a_second_start_makes_nothing(tmp_path: Path) -> None:
    pki = made(tmp_path)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    assert Pki(tmp_path, pki.wanted).renew(SOON) == []
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_only_the_owner_reads_keys(tmp_path: Path) -> None:
    made(tmp_path / "pki")
    for path in (tmp_path / "pki").iterdir():
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o644 if path.name == "ca.crt" else 0o600), path


@pytest.mark.parametrize("host", ["127.0.0.1", "10.96.0.1", "kubernetes.default.svc", "::1"])
def test_the_server_is_trusted_under_its_names_and_knows_its_client(
    tmp_path: Path, host: str
) -> None:
    pki = made(tmp_path)
    far = handshake(pki.server_context(), pki.client_context("admin"), host)
    assert user_of_certificate(far.getpeercert() or {}) == User(
        "kubernetes-admin", ("system:masters", "system:authenticated")
    )
    der = far.getpeercert(binary_form=True)
    assert der is not None
    assert user_of_certificate(der) == user_of_certificate(far.getpeercert() or {})


def test_nodes_are_in_their_group(tmp_path: Path) -> None:
    pki = made(tmp_path)
    far = handshake(pki.server_context(), pki.client_context("node-here"), "localhost")
    user = user_of_certificate(far.getpeercert() or {})
    assert user == User("system:node:here", ("system:nodes", "system:authenticated"))


def test_a_certificate_of_another_authority_is_refused(tmp_path: Path) -> None:
    ours, theirs = made(tmp_path / "a"), made(tmp_path / "b")
    client = ours.client_context()
    client.load_cert_chain(theirs.path("admin"))
    with pytest.raises(ssl.SSLError):
        handshake(ours.server_context(), client, "localhost")


def test_renewal_comes_when_a_third_is_left_and_leaves_the_authority(tmp_path: Path) -> None:
    pki = made(tmp_path, NOW)
    authority = pki.texts("ca")
    assert pki.next_due() > NOW + LIFE * 0.6
    assert pki.renew(pki.next_due() - timedelta(seconds=1)) == []
    assert set(pki.renew(pki.next_due())) == {w.file for w in pki.wanted}
    assert pki.texts("ca") == authority


def test_an_authority_is_renewed_with_the_same_key(tmp_path: Path) -> None:
    pki = made(tmp_path, SOON - timedelta(days=3000))
    old = pki.trust.read_text()
    assert "ca" in pki.renew(SOON)
    assert pki.trust.read_text() != old
    client = ssl.create_default_context(cadata=old)
    handshake(pki.server_context(), client, "localhost")


def test_what_is_wanted_differently_is_made_anew(tmp_path: Path) -> None:
    pki = made(tmp_path)
    more = [replace(w, hosts=(*w.hosts, "onggi.example")) if w.hosts else w for w in pki.wanted]
    assert Pki(tmp_path, more).renew(SOON) == ["apiserver", "node-here"]


@pytest.mark.parametrize("kept", [0, 10, 400, -30])
def test_half_a_file_is_made_anew(tmp_path: Path, kept: int) -> None:
    pki = made(tmp_path)
    path = pki.path("admin")
    path.write_bytes(path.read_bytes()[:kept])
    assert pki.renew(SOON) == ["admin"]


def test_a_lost_authority_takes_its_certificates_with_it(tmp_path: Path) -> None:
    pki = made(tmp_path)
    pki.path("ca").unlink()
    assert set(pki.renew(SOON)) == {"ca", *(w.file for w in pki.wanted)}
    handshake(pki.server_context(), pki.client_context("admin"), "localhost")


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_due_is_the_last_third(days: int, part: float) -> None:
    facts = Facts(CA, NOW, NOW + timedelta(days=days))
    assert facts.due(NOW + timedelta(days=days) * part) is (part >= 2 / 3)


def test_hosts_are_listed_once() -> None:
    hosts = serving_hosts("10.96.0.1", "127.0.0.1", extra=["onggi.example", "localhost"])
    assert hosts[:4] == (
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
    )
    assert hosts[4:] == ("localhost", "127.0.0.1", "::1", "10.96.0.1", "onggi.example")


def test_a_certificate_without_a_name_is_nobody() -> None:
    assert user_of_certificate({}) is None
    assert user_of_certificate({"subject": ((("organizationName", "x"),),)}) is None
    assert Wanted("x", "y").client
