import base64

from onggi.platform.mesh.certificates import pair_in
from onggi.platform.mesh.translate.listeners import Pair
from tests.platform.mesh.test_ingress import certificate, tls_secret

ONE, TWO = certificate("one.test"), certificate("two.test")


def test_a_certificate_with_its_key_is_a_pair():
    assert pair_in(tls_secret("x", *ONE)) == Pair(ONE[0].decode(), ONE[1].decode())
    both = ONE[0] + TWO[0]  # a chain
    assert isinstance(pair_in(tls_secret("x", both, ONE[1])), Pair)


def test_what_envoy_would_refuse_is_said():
    assert pair_in(None) == "not found"
    assert pair_in({"data": {"tls.crt": ""}}) == "has no tls.key"
    assert pair_in(tls_secret("x", ONE[0], TWO[1])) == (
        "has a key that does not belong to its certificate"
    )
    for chain, key in ((b"x", ONE[1]), (ONE[0], b"x"), (b"", b"")):
        assert "no usable certificate" in pair_in(tls_secret("x", chain, key))
    broken = {"data": {"tls.crt": "%%", "tls.key": base64.b64encode(b"x").decode()}}
    assert "base64" in pair_in(broken)
