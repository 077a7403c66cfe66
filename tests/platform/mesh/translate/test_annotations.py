import pytest

from onggi.platform.mesh.translate.annotations import foreign, is_foreign
from tests.platform.mesh.objects import ingress


@pytest.mark.parametrize(
    ("key", "theirs"),
    [
        ("nginx.ingress.kubernetes.io/rewrite-target", True),
        ("traefik.ingress.kubernetes.io/router.middlewares", True),
        ("haproxy.org/timeout-server", True),
        ("ingress.kubernetes.io/ssl-redirect", True),
        ("kubernetes.io/ingress.class", False),
        ("cert-manager.io/cluster-issuer", False),
        ("example.com/nginx.org", False),
        ("notnginx.org/x", False),
        ("nginx.org", False),
    ],
)
def test_what_another_controller_would_have_acted_on(key, theirs):
    assert is_foreign(key) is theirs


def test_they_are_named_in_order():
    made = ingress("web")
    made["metadata"]["annotations"] = {"nginx.org/b": "", "app": "", "nginx.org/a": ""}
    assert foreign(made) == ["nginx.org/a", "nginx.org/b"]
