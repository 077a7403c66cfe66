"""Deployment (apps/v1)."""

from onggi.api.kind import Kind

DEPLOYMENT = Kind(
    group="apps",
    version="v1",
    name="Deployment",
    plural="deployments",
    schema="io.k8s.api.apps.v1.Deployment",
    short=("deploy",),
    categories=("all",),
)
