"""Lease (coordination.k8s.io/v1)."""

from onggi.api.kind import Kind

LEASE = Kind(
    group="coordination.k8s.io",
    version="v1",
    name="Lease",
    plural="leases",
    schema="io.k8s.api.coordination.v1.Lease",
    status=False,
)
