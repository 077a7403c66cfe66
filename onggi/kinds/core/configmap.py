"""ConfigMap (v1)."""

from onggi.api.kind import Kind

CONFIGMAP = Kind(
    group="",
    version="v1",
    name="ConfigMap",
    plural="configmaps",
    schema="io.k8s.api.core.v1.ConfigMap",
    short=("cm",),
    status=False,
)
