"""Secret (v1)."""

from onggi.api.kind import Kind

SECRET = Kind(
    group="",
    version="v1",
    name="Secret",
    plural="secrets",
    schema="io.k8s.api.core.v1.Secret",
    status=False,
)
