"""EndpointSlice (discovery.k8s.io/v1)."""

from onggi.api.kind import Kind

ENDPOINTSLICE = Kind(
    group="discovery.k8s.io",
    version="v1",
    name="EndpointSlice",
    plural="endpointslices",
    schema="io.k8s.api.discovery.v1.EndpointSlice",
    status=False,
)
