"""ServiceAccount (v1)."""

from onggi.api.kind import Kind

SERVICEACCOUNT = Kind(
    group="",
    version="v1",
    name="ServiceAccount",
    plural="serviceaccounts",
    schema="io.k8s.api.core.v1.ServiceAccount",
    short=("sa",),
    status=False,
)
